//go:build cards

package deploy_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"twokey/bot/fakeslack/browse"
	"twokey/bot/fakeslack/page"
	"twokey/commands/sample"
)

// margin is what a picture has around the card, in pixels.
const margin = 12

// TestTheCardsHaveTheirPictures takes them: it is what make cards runs.
func TestTheCardsHaveTheirPictures(t *testing.T) {
	double, address, all := postCards(t)
	page.Open(double, nil, nil)
	inDocuments := picturesInDocuments(t)
	old, err := filepath.Glob(cardsFolder + "/*.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(picturesFolder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, screen := range []struct {
		name          string
		width, height int64
	}{{"", 1280, 2000}, {onPhone, 390, 3000}} {
		b := browse.Open(t, address+"/#as=U0ANN&channel=C0INFRA", screen.width, screen.height, "")
		var now time.Time
		for _, c := range all {
			if at := lookedAt(c); at != now {
				b.StandsAt(at)
				now = at
			}
			b.Sees("message-"+c.ts, c.op.ID)
			small := labelPicture(t, shrinkPicture(t, b.Only("message-"+c.ts)), sumOf(c.text))
			keepPicture(t, c.name+screen.name+".png", small, inDocuments)
		}
	}
	if err := os.WriteFile(cardsText, []byte(cardsDigest(all)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// lookedAt is when somebody looks at the card: some minutes into a reinstall, and not
// before the card was drawn. Few moments do for all, as each opens the page again.
func lookedAt(c shownCard) time.Time {
	soon := sample.Night.Add(12 * time.Minute)
	if c.at.After(soon) {
		return c.at.Truncate(time.Minute).Add(time.Minute)
	}
	return soon
}

// keepPicture writes a picture to the folder that git ignores, and beside the
// text if documents show it.
func keepPicture(t *testing.T, name string, picture []byte, inDocuments []string) {
	t.Helper()
	folders := []string{picturesFolder}
	if slices.Contains(inDocuments, name) {
		folders = append(folders, cardsFolder)
	}
	for _, folder := range folders {
		if err := os.WriteFile(filepath.Join(folder, name), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// shrinkPicture is a picture with a margin and few colours: those that it has most of.
func shrinkPicture(t *testing.T, picture []byte) []byte {
	t.Helper()
	src, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewPaletted(image.Rect(0, 0, src.Bounds().Dx()+2*margin, src.Bounds().Dy()+2*margin),
		commonColors(src))
	draw.Draw(out, out.Bounds(), image.NewUniform(src.At(0, 0)), image.Point{}, draw.Src)
	draw.Draw(out, src.Bounds().Sub(src.Bounds().Min).Add(image.Pt(margin, margin)), src, src.Bounds().Min, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func commonColors(src image.Image) color.Palette {
	count := map[color.RGBA]int{}
	for y := src.Bounds().Min.Y; y < src.Bounds().Max.Y; y++ {
		for x := src.Bounds().Min.X; x < src.Bounds().Max.X; x++ {
			count[color.RGBAModel.Convert(src.At(x, y)).(color.RGBA)]++
		}
	}
	order := func(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
	all := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], order(a)-order(b)) // the same from run to run
	})
	var out color.Palette
	for _, c := range all {
		if len(out) < 7 || len(out) < 256 &&
			!slices.ContainsFunc(out, func(o color.Color) bool { return looksAlike(o.(color.RGBA), c) }) {
			out = append(out, c)
		}
	}
	return out
}

// looksAlike colours are taken for one another, which makes small files: a card's
// letters are few shades of grey. What has a colour keeps it: a tick is green.
func looksAlike(a, b color.RGBA) bool {
	apart := 60
	if isGrey(a) && isGrey(b) {
		apart = 100
	}
	r, g, bl := int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B)
	return r*r+g*g+bl*bl < apart*apart
}

func isGrey(c color.RGBA) bool {
	return int(max(c.R, c.G, c.B))-int(min(c.R, c.G, c.B)) < 40
}

// labelPicture is the PNG with a text chunk behind its header, which has 33 bytes.
func labelPicture(t *testing.T, picture []byte, sum string) []byte {
	t.Helper()
	const header = 33
	body := "tEXt" + cardSum + "\x00" + sum
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)-len("tEXt")))
	chunk = append(chunk, body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE([]byte(body)))
	return slices.Concat(picture[:header], chunk, picture[header:])
}
