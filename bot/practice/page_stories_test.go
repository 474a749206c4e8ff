package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twokey/bot/fakeslack/browse"
	"twokey/bot/fakeslack/page"
)

// pictures names the folder for screenshots; make picture sets it.
const pictures = "TWOKEY_PICTURES"

// newestCard waits for a card and returns its ts.
func newestCard(t *testing.T, st *stage) string {
	t.Helper()
	ctx, cancel := withPatience(t.Context())
	defer cancel()
	var ts string
	if err := st.slack.Wait(ctx, func() bool { m, err := st.newestCard(); ts = m.TS; return err == nil }); err != nil {
		t.Fatal(err)
	}
	return ts
}

func TestThePageTurnsTwoKeysAndTheMachineIsReinstalledOnce(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.Open(t, st.page, 1280, 1000, pictures)
	b.Click("person-U0ANN")
	b.Write("composer", "/reinstall"+kb.Enter)
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Write("field-target", "web-01")
	b.Do("type-ahead", chromedp.WaitVisible(`[data-value="main/ap-guangzhou/ins-1a2b3c4d"]`))
	b.Picture("form")
	b.Do("picking it", chromedp.Click(`[data-value="main/ap-guangzhou/ins-1a2b3c4d"]`))
	b.Holds("it is picked", `document.querySelector('[data-testid="field-target"]').value.startsWith("web-01 ·")`)
	b.Write("field-reason", "kernel panics at boot")
	b.Click("modal-submit")
	card := newestCard(t, st)
	b.Sees("message-"+card, "Wipe web-01 ")
	b.Picture("card-proposed")

	b.Click("person-U0BOB")
	b.Click("open-thread-" + card)
	b.Sees("thread", "asks to wipe and reinstall")
	b.Button("thread", "Approve")
	b.Sees("confirm", "Approve the wipe of web-01?")
	b.Click("confirm-ok")
	b.Sees("thread", "Approved by")
	b.Picture("card-approved")

	b.Click("person-U0ANN")
	b.Button("thread", "Confirm backup")
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Write("field-typed", "web-O1")
	b.Click("modal-submit")
	b.Sees("error-typed", "its name is “web-01”")
	b.Picture("backup-refused")
	b.Write("field-typed", strings.Repeat(kb.Backspace, 6)+"web-01")
	b.Click("modal-submit")
	b.Sees("thread", "Press Hold to stop it")
	b.Picture("card-countdown")
	b.Sees("message-"+card, "Reinstalling")
	b.Picture("card-running")
	b.Sees("thread", "All 6 steps")
	b.Sees("message-"+card, "Verified")
	b.Picture("practice")
	if n := st.cloud.Resets("ins-1a2b3c4d"); n != 1 {
		t.Errorf("web-01 was reinstalled %d times", n)
	}
}

func TestTheFrontSaysWhatIsInForceAndEndsIt(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.Open(t, st.page, 1440, 1000, pictures)
	b.Click("open-desk")
	for _, one := range []struct{ id, force, after string }{
		{"down", "The bot is down", "The bot runs again."},
		{"freeze", "The bot is frozen", "The bot goes on."},
		{"redis", "Redis is down", "Redis is back"},
		{"lose", "lose the answer", "reset_drop_after is off"},
		{"refuse", "sold out", "reset_error is off"},
		{"leave", "Bob is not in @oncall", "Bob is in @oncall again."},
		{"fast", "ten times as fast", "Time runs as before"},
	} {
		b.Click("desk-" + one.id)
		b.Sees("force-"+one.id, one.force)
		if one.id == "fast" {
			b.Picture("desk")
		}
		b.Click("end-" + one.id)
		b.Gone("force-" + one.id)
		b.Sees("desk-done", one.after)
	}
	b.Do("choosing a method", chromedp.SetValue(browse.ID("desk-429-method"), "chat.update"))
	b.Holds(
		"it is chosen",
		`(e => (e.dispatchEvent(new Event("change", { bubbles: true })), e.value === "chat.update"))(document.querySelector('[data-testid="desk-429-method"]'))`,
	)
	b.Click("desk-429")
	b.Holds(
		"only that method answers 429",
		`document.querySelector('[data-testid="force-chat.update:rate_limit"]')?.innerText.includes("calls of chat.update answer 429")`,
	)
	b.Do("ending it", chromedp.Click(`[data-testid="end-chat.update:rate_limit"]`))
	b.Click("desk-kill")
	b.Sees("desk-done", "killed with kill -9 and started again")
	b.Click("close-desk")
	b.Write("composer", "/reinstall web-01"+kb.Enter)
	b.Sees("message-"+newestCard(t, st), "Wipe web-01 ")
}

func TestANewColleagueWatchesAStoryOnThePage(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.Open(t, st.page, 1440, 900, pictures)
	b.Click("open-tour")
	b.Sees("tour-act", "Ann types /reinstall web-01")
	b.Holds(
		"the recording gets to its end",
		`(n => n > 10 && !document.querySelector('[data-testid="tour-at"]').innerText.includes("…"))(Number(document.querySelector('[data-testid="tour-at"]').innerText.match(/of (\d+)/)[1]))`,
	)
	b.Click("tour-play")
	b.Sees("tour-looks", "Ann alone is told")
	b.Click("tour-play")
	for !b.Is(`!!document.querySelector('[data-testid="tour-act"]')?.innerText.includes("Confirm backup")`) {
		b.Click("tour-next")
	}
	b.Holds("the button is pointed at", `document.querySelector(".pointed")?.innerText === "Confirm backup"`)
	b.Picture("tour")
	b.Click("tour-next")
	b.Holds("the form is shown", `!!document.querySelector("dialog.recorded[open]")`)
	b.Keys(kb.ArrowLeft)
	b.Holds("the left arrow leads back",
		`!document.querySelector("dialog[open]") && !!document.querySelector(".pointed")`)
	b.Do("pressing what is only a picture", chromedp.Click(".pointed"))
	b.Sees("toast", "This is a recording")
	for !b.Is(`!!document.querySelector('[data-testid="tour-next"][aria-disabled="true"]')`) {
		b.Keys(kb.ArrowRight)
	}
	b.Holds("it ends well", `document.querySelector(".thread").innerText.includes("All 6 steps")`)
	b.Holds("and nothing covers that", `!document.querySelector("dialog[open]")`)
	b.Turn()
	b.Fits("the tour")
	b.Click("tour-leave")
	b.Holds("nothing of it happened in the practice channel",
		`document.querySelectorAll("article.message").length === 0`)
}

// mostOfCaption is how long a caption may be, in code points: two lines of a phone.
const mostOfCaption = 90

// What the page can show is recorded from the stories, and each goes as it is
// written, with words for every part.
func TestEveryTourCanBeWatchedToItsEnd(t *testing.T) {
	t.Parallel()
	for _, tour := range tours {
		t.Run(tour.Name, func(t *testing.T) {
			t.Parallel()
			c := newCinema(t.Context(), built(t))
			var acts, letters, shown int
			for n := 0; ; {
				reel, err := c.Reel(t.Context(), tour.Name, n)
				if err != nil || reel.Failed != "" {
					t.Fatal(err, reel.Failed)
				}
				for _, f := range reel.Frames {
					shown++
					letters += len(f.Act + strings.Join(f.Looks, " "))
					if f.Act != "" {
						acts++
					}
					if f.Caption == "" || f.As == "" || f.State == nil || (f.Act == "" && len(f.Looks) == 0 &&
						f.Caption != theEnd) {
						t.Errorf("there is nothing to say about frame %d: %+v", n, f.Looks)
					}
					if len([]rune(f.Caption)) > mostOfCaption {
						t.Errorf("the caption is cut on a phone: %s", f.Caption)
					}
				}
				n += len(reel.Frames)
				if reel.Done {
					break
				}
			}
			if r := c.reels[tour.Name]; r.verbs != len(r.captions) {
				t.Errorf("%d verbs were said and %d have a caption: they are one another's no longer", r.verbs,
					len(r.captions))
			}
			// Nobody reads more than twenty letters a second.
			if tour.First == "Watch it, 90 s" && (letters/20 > 90 || shown > 30) {
				t.Errorf("%d letters on %d pictures are not read in 90 s", letters, shown)
			}
			if acts < 3 {
				t.Errorf("%d things are done in it", acts)
			}
		})
	}
}

// pageSetting is a stage as the page's own, with a shorter countdown, for a test that
// may open a browser by then.
func pageSetting(t *testing.T) setting {
	browse.Reserve(t)
	shareProcessors(t)
	return setting{
		speed: 30, tours: newCinema(t.Context(), built(t)),
		actions: func(st *stage) []page.Action { return accidentButtons(t.Context(), st) },
	}
}
