package deploy_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image/png"
	"net/http/httptest"
	"os"
	"path/filepath"
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

// What each card shows stands in cards.txt, and a picture of it, wide as in a
// channel and narrow as on a phone, beside it: make cards writes both. A change
// of a card is a change of these files.
const (
	cardsFolder = "cards"
	cardsText   = cardsFolder + "/cards.txt"
	onPhone     = "-phone"
)

const cardsHead = `What each state of the card shows, from fixed records: the text of the pictures
beside this file. Do not edit it: make cards writes it and them.
`

// A shownCard is a card as it was posted.
type shownCard struct {
	name, ts, text string
	posted         fakeslack.Message
	card           view.Card
}

// exhibition is the page of exhibited.
func exhibition(t *testing.T) (page string, all []shownCard) {
	t.Helper()
	_, page, all = exhibited(t)
	return page, all
}

// exhibited is Slack's double with every card in one channel, drawn by package
// chat.
func exhibited(t *testing.T) (double *fakeslack.Slack, page string, all []shownCard) {
	t.Helper()
	people := fakeslack.SamplePeople()
	people.Users = append(people.Users, fakeslack.User{ID: "U0LEA", Name: "lea", RealName: "Lea Brandt", Email: "lea@home.example", TeamID: "T0HOME", Role: "head of operations"})
	people.Groups = append(people.Groups, fakeslack.Group{ID: "S0DBA", Name: "Databases", Handle: "dba", Users: []string{"U0BOB"}})
	var ticks atomic.Int64
	double = fakeslack.New(fakeslack.Config{
		RateScale: 1000, People: people, Now: func() time.Time { return sample.Night.Add(time.Duration(ticks.Add(1)) * time.Second) },
	})
	server := httptest.NewServer(double)
	t.Cleanup(server.Close)
	double.SetURL(server.URL)
	c, err := chat.New(chat.Config{Token: "xoxb-practice", SigningSecret: "practice-signing-secret", APIURL: server.URL + "/api/", RateScale: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sampleCards(t) {
		a, err := c.PostCard(t.Context(), s.Card, s.Name)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		m := double.Thread(a.Channel, a.TS)[0]
		all = append(all, shownCard{s.Name, a.TS, double.PlainText(m), m, s.Card})
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

func TestEveryCardShowsWhatItsPictureShows(t *testing.T) {
	_, all := exhibition(t)
	digest := text(t, cardsText)
	pictured := readDigest(digest)
	want := []string{"cards.txt"}
	for _, s := range all {
		if diff := cmp.Diff(strings.Split(pictured[s.name], "\n"), strings.Split(s.text, "\n")); diff != "" {
			t.Errorf("the card %q shows something else than its picture; if that is meant, make cards (-picture +now):\n%s", s.name, diff)
		}
		for _, name := range []string{s.name + ".png", s.name + onPhone + ".png"} {
			want = append(want, name)
			pictureIsOf(t, filepath.Join(cardsFolder, name), s.text)
		}
	}
	if !t.Failed() && digest != cardsDigest(all) {
		t.Errorf("%s is not as make cards writes it", cardsText)
	}
	var found []string
	entries, err := os.ReadDir(cardsFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		found = append(found, e.Name())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("the pictures are not one of each card; make cards (-want +found):\n%s", diff)
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
