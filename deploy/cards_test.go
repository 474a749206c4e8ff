package deploy_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image/png"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"twokey/bot/chat"
	"twokey/bot/fakeslack"
	"twokey/commands/reinstall"
	"twokey/commands/sample"
	"twokey/commands/view"
)

// cards.txt has what each card shows. make cards writes it. It also takes a picture of
// each, wide as in a channel and narrow as on a phone, into a folder that git ignores.
// The few that documents show are beside cards.txt. A change of a card changes these
// files.
const (
	cardsFolder    = "cards"
	cardsText      = cardsFolder + "/cards.txt"
	picturesFolder = "pictures"
	onPhone        = "-phone"
	mostInGit      = 12 // pictures
)

const cardsHead = `What each state of the card shows, from fixed records. Do not edit it: make cards
writes it, and takes the pictures.
`

// A shownCard is a card as it was posted.
type shownCard struct {
	name, ts, text string
	posted         fakeslack.Message
	card           view.Card
	at             time.Time           // when it is drawn
	op             reinstall.Operation // that it is drawn of; of several, the first
}

// postCards is Slack's double with every card in one channel, drawn by package chat, and
// the address at which it listens.
func postCards(t *testing.T) (double *fakeslack.Slack, address string, all []shownCard) {
	t.Helper()
	people := fakeslack.SamplePeople()
	people.Users = append(people.Users, fakeslack.User{
		ID: "U0LEA", Name: "lea", RealName: "Lea Brandt",
		Email: "lea@home.example", TeamID: "T0HOME", Role: "head of operations",
	})
	people.Groups = append(people.Groups,
		fakeslack.Group{ID: "S0DBA", Name: "Databases", Handle: "dba", Users: []string{"U0BOB"}})
	var ticks atomic.Int64
	double = fakeslack.New(fakeslack.Config{
		RateScale: 1000, People: people,
		Now: func() time.Time { return sample.Night.Add(time.Duration(ticks.Add(1)) * time.Second) },
	})
	server := httptest.NewServer(double)
	t.Cleanup(server.Close)
	double.SetURL(server.URL)
	c, err := chat.New(chat.Config{
		Token: "xoxb-practice", SigningSecret: "practice-signing-secret",
		APIURL: server.URL + "/api/", RateScale: 1000,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sampleCards(t) {
		a, err := c.PostCard(t.Context(), s.Card, s.Name)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		m := double.Thread(a.Channel, a.TS)[0]
		all = append(all, shownCard{s.Name, a.TS, double.PlainText(m), m, s.Card, s.At, s.Record.Op})
	}
	return double, server.URL, all
}

func sampleCards(t *testing.T) []sample.Card {
	t.Helper()
	all, err := sample.Cards()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// cardsDigest is the text of them all; readDigest undoes it, by name.
func cardsDigest(all []shownCard) string {
	var b strings.Builder
	b.WriteString(cardsHead)
	for _, s := range all {
		b.WriteString(cardMark + s.name + "\n" + s.text + "\n")
	}
	return b.String()
}

const cardMark = "\n== "

func readDigest(digest string) map[string]string {
	out := map[string]string{}
	for _, part := range strings.Split(digest, cardMark)[1:] {
		name, shows, _ := strings.Cut(part, "\n")
		out[name] = strings.TrimSuffix(shows, "\n")
	}
	return out
}

func TestEveryCardShowsWhatItsTextSays(t *testing.T) {
	_, _, all := postCards(t)
	digest := readFile(t, cardsText)
	written := readDigest(digest)
	for _, s := range all {
		if diff := cmp.Diff(strings.Split(written[s.name], "\n"), strings.Split(s.text, "\n")); diff != "" {
			t.Errorf("the card %q shows something else than its text; if that is meant, make cards (-text +now):\n%s",
				s.name, diff)
		}
	}
	if !t.Failed() && digest != cardsDigest(all) {
		t.Errorf("%s is not as make cards writes it", cardsText)
	}
}

// documents are those that may show pictures of cards.
var documents = []string{"../README.md", "../ARCHITECTURE.md", "../CONTRIBUTING.md", "../SECURITY.md", "README.md"}

var shownPicture = regexp.MustCompile(`\(deploy/cards/([a-z-]+\.png)\)`)

// picturesInDocuments are the names of the files that documents show.
func picturesInDocuments(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, d := range documents {
		for _, m := range shownPicture.FindAllStringSubmatch(readFile(t, d), -1) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestThePicturesInGitAreThoseOfTheDocuments(t *testing.T) {
	_, _, all := postCards(t)
	shows := map[string]string{}
	for _, s := range all {
		shows[s.name+".png"], shows[s.name+onPhone+".png"] = s.text, s.text
	}
	want := picturesInDocuments(t)
	if len(want) > mostInGit {
		t.Errorf("documents show %d pictures, not %d at most", len(want), mostInGit)
	}
	for _, name := range want {
		if shows[name] == "" {
			t.Errorf("documents show %s, and there is no such card", name)
			continue
		}
		pictureIsOf(t, filepath.Join(cardsFolder, name), shows[name])
	}
	found, err := filepath.Glob(cardsFolder + "/*.png")
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("%s has other pictures than documents show; make cards (-shown +there):\n%s", cardsFolder, diff)
	}
}

func TestThereIsACardOfEveryState(t *testing.T) {
	seen := map[reinstall.State]bool{}
	for _, s := range sampleCards(t) {
		seen[s.Record.Op.State] = true
	}
	for _, s := range reinstall.States {
		if !seen[s] {
			t.Errorf("no card shows what is %s", s)
		}
	}
}

// cardSum is what a picture says that it is of: a PNG's text chunk of this key.
const cardSum = "twokey-card"

func sumOf(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:8])
}

// pictureIsOf fails unless the file is a picture that was taken of this text.
func pictureIsOf(t *testing.T, path, shows string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		_, err = png.DecodeConfig(bytes.NewReader(b))
	}
	switch {
	case err != nil:
		t.Errorf("%s is no picture; make cards: %v", path, err)
	case !bytes.Contains(b, []byte(cardSum+"\x00"+sumOf(shows))):
		t.Errorf("%s was taken when the card showed something else: make cards", path)
	}
}
