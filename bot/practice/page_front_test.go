package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twokey/bot/fakeslack/browse"
)

func TestAnEmptyChannelLeadsToThreeActs(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.Open(t, st.page, 1280, 800, pictures)
	b.Sees("front", "Nothing here is real.")
	b.Sees("front", "You are Ann")
	b.Picture("front")
	for button, first := range map[string]string{"front-watch": "Ann types", "front-killed-after-arming": "Ann types"} {
		b.Click(button)
		b.Sees("tour-act", first)
		b.Holds("it plays", `document.querySelector('[data-testid="tour-play"]').innerText === "Pause"`)
		b.Click("tour-leave")
		b.Sees("front", "Nothing here is real.")
	}
	b.Click("front-desk")
	b.Sees("desk", "Kill the bot")
	b.Click("close-desk")
	b.TabTo(string(browse.ID("front-wipe")))
	b.Keys(kb.Enter)
	b.Sees("message-"+newestCard(t, st), "web-01")
	b.Gone("front")
}

func TestAnEmptyChannelOpensASecondPerson(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.Open(t, st.page, 1280, 800, pictures)
	b.Click("front-second")
	b.Holds("two people are side by side", `document.querySelectorAll("iframe").length === 2 && /as=U0ANN/.test(`+
		`location.hash.match(/left=([^&]*)/)?.[1] && decodeURIComponent(location.hash))`)
}

func TestAnEmptyChannelFitsAPhone(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.OpenPhone(t, st.page, pictures)
	b.Sees("front", "Nothing here is real.")
	b.Picture("phone-front")
	b.Fits("the empty channel")
	b.Click("front-second")
	b.Sees("front", "You are Bob")
}

func TestAMissedPressShowsToItsPresserUntilTheBotIsBack(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	proposeWeb01(t, st)
	card := newestCard(t, st)
	b := browse.Open(t, st.page+"#as=U0BOB", 1280, 1000, pictures)
	b.Sees("message-"+card, "web-01")
	if err := st.bot.kill(); err != nil {
		t.Fatal(err)
	}
	b.Button("message-"+card, "Confirm backup")
	b.Sees("warning-"+card, "This app did not respond")
	b.Picture("did-not-respond")
	b.Click("person-U0ANN")
	b.Gone("warning-" + card)
	b.Click("person-U0BOB")
	b.Sees("warning-"+card, "This app did not respond")
	if err := st.bot.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.Gone("warning-" + card)
}

func TestALinkOfHomeKeepsWhoIsLooking(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	proposeWeb01(t, st)
	card := newestCard(t, st)
	b := browse.Open(t, st.page+"#as=U0BOB", 1280, 1000, pictures)
	b.Click("open-home")
	b.Sees("home", "web-01")
	b.Do("following the link", chromedp.Click(`[data-testid="home"] a[href*="message="]`))
	b.Sees("message-"+card, "web-01")
	b.Holds("Bob is still looking", `new URLSearchParams(location.hash.slice(1)).get("as") === "U0BOB"`)
}

func TestPracticeElsewhereSaysWhatToDo(t *testing.T) {
	t.Parallel()
	built(t)
	dir := t.TempDir()
	practice := filepath.Join(dir, "practice")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", practice, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), practice, "-addr", "127.0.0.1:0")
	cmd.Dir = dir
	for _, v := range os.Environ() {
		if !bytes.HasPrefix([]byte(v), []byte("TWOKEY_")) {
			cmd.Env = append(cmd.Env, v)
		}
	}
	out, err := cmd.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("go run ./bot/practice")) {
		t.Errorf("%v\n%s", err, out)
	}
}
