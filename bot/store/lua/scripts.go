// Package lua has the scripts that write to Redis. They know revisions, leases and
// clocks, and nothing of the rules. What each takes and returns stands above it in
// its file. All keys of a call share a slot (bot/store/doc.go 1.2).
package lua

import (
	_ "embed" // the scripts

	"github.com/redis/go-redis/v9"
)

var (
	//go:embed prelude.lua
	prelude string
	//go:embed create.lua
	createSrc string
	//go:embed apply.lua
	applySrc string
	//go:embed claim.lua
	claimSrc string
	//go:embed peek.lua
	peekSrc string
	//go:embed renew.lua
	renewSrc string
	//go:embed release.lua
	releaseSrc string
	//go:embed receive.lua
	receiveSrc string
	//go:embed finish.lua
	finishSrc string
	//go:embed tell.lua
	tellSrc string
	//go:embed card.lua
	cardSrc string
	//go:embed reserve.lua
	reserveSrc string
	//go:embed note.lua
	noteSrc string
	//go:embed freeze.lua
	freezeSrc string
	//go:embed unfreeze.lua
	unfreezeSrc string
	//go:embed settle.lua
	replaceTamperedSrc string
	//go:embed seen.lua
	seenSrc string
	//go:embed ship.lua
	shipSrc string
	//go:embed adopt.lua
	adoptSrc string
	//go:embed present.lua
	presentSrc string
	//go:embed pace.lua
	paceSrc string
)

// The scripts, each named as its file.
var (
	Create          = New("create", createSrc)
	Apply           = New("apply", applySrc)
	Claim           = New("claim", claimSrc)
	Peek            = New("peek", peekSrc)
	Renew           = New("renew", renewSrc)
	Release         = New("release", releaseSrc)
	Receive         = New("receive", receiveSrc)
	Finish          = New("finish", finishSrc)
	Tell            = New("tell", tellSrc)
	Card            = New("card", cardSrc)
	Reserve         = New("reserve", reserveSrc)
	Note            = New("note", noteSrc)
	Freeze          = New("freeze", freezeSrc)
	Unfreeze        = New("unfreeze", unfreezeSrc)
	ReplaceTampered = New("settle", replaceTamperedSrc)
	Seen            = New("seen", seenSrc)
	Ship            = New("ship", shipSrc)
	Adopt           = New("adopt", adoptSrc)
	Present         = New("present", presentSrc)
	Pace            = New("pace", paceSrc)
)

// All are all of them.
var All = []Script{
	Create, Apply, Claim, Peek, Renew, Release, Receive, Finish,
	Tell, Card, Reserve, Note, Freeze, Unfreeze, ReplaceTampered, Seen,
	Ship, Adopt, Present, Pace,
}

// A Script is one of the embedded files with the prelude before it.
type Script struct {
	// Text is the file, and Source the prelude and the file.
	Name, Text, Source string
	*redis.Script
}

// New makes a script of a file's text.
func New(name, text string) Script {
	full := prelude + "\n" + text
	return Script{Name: name, Text: text, Source: full, Script: redis.NewScript(full)}
}
