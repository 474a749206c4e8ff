package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// One word has one meaning, the field's own if it has one: GLOSSARY.md lists
// the words, this table those that they replace. Names that packages declare
// and names of files are looked at, without tests.

// A kind is what a name is declared as.
type kind string

const (
	aType  kind = "type"
	aFunc  kind = "function" // or a method
	aField kind = "field"    // or a method of an interface
	aValue kind = "value"    // a constant, a variable or a parameter
	aFile  kind = "file"
)

// A bannedWord is a word of names (breakGlass has two), and the right one.
type bannedWord struct {
	word  string
	forms string // a regular expression of the lower-case word, if it has more than one
	after string // the word is right behind this one
	kinds kind   // those that are banned, as a whole name; empty: all
	right string
}

var bannedWords = []bannedWord{
	{word: "between", right: "what lies between: interval, gap, middleware"},
	{word: "canary", forms: "canary|canaries", right: "mutant: a bot with a fault, which the tests have to find"},
	{word: "desk", forms: "desks?", right: "the room's own: front, engine, outbox; on the practice page: controls"},
	{word: "det", kinds: aField, right: "Detail"},
	{word: "door", forms: "doors?", right: "signature, or HTTP handler"},
	{word: "glass", after: "break", right: "break-glass"},
	{word: "greet", forms: "greet(s|ed|ing)?", right: "check, or connect"},
	{word: "hand", kinds: aType + aFile, right: "caller"},
	{word: "heard", forms: "(un)?heard", right: "received; of the cloud's silence: not answered"},
	{word: "in", kinds: aField, right: "WakeAfter, or what it is in"},
	{word: "intime", right: "deadline"},
	{word: "lapse", forms: "lapse[sd]?", right: "revoked approval"},
	{word: "meaning", forms: "meanings?", right: "class of an error code; summary of a policy"},
	{word: "met", right: "what happened: seen, reached, matched"},
	{word: "owed", forms: "owed|owes|owing", right: "needed, missing, pending"},
	{word: "print", forms: "prints?", kinds: aField, right: "Fingerprint"},
	{word: "reading", kinds: aType + aFile, right: "re-check"},
	{word: "redraw", forms: "redraw(s|n)?", right: "update of a form or a card"},
	{word: "rests", right: "back-off; of a whole channel: circuit breaker"},
	{word: "rest", kinds: aType + aFile, right: "back-off; of a whole channel: circuit breaker"},
	{word: "rooms", right: "channels"},
	{word: "seen", kinds: aType + aFile, right: "status; of texts: sanitize"},
	{word: "settle", forms: "settle[sd]?|settling", right: "say which: resolve, confirm, reconcile, end"},
	{word: "shelf", forms: "shelf|shelves", right: "cache"},
	{word: "shot", forms: "shots?", after: "one", right: "one-shot transport"},
	{word: "sight", forms: "sights?", right: "observation"},
	{word: "site", forms: "sites?", right: "region of an account; of Tencent: domain"},
	{word: "standing", forms: "standings?", right: "actor"},
	{word: "telling", right: "reporting, or notification"},
	{word: "testimony", forms: "testimony|testimonies", right: "audit evidence"},
	{word: "wish", forms: "wish(es)?", right: "request"},
}

// stillThere are the packages that have a banned word. The list only shrinks:
// a name that goes takes its package out.
var stillThere = map[string][]string{}

// sameSubject are the names that files of several packages share because they
// have one subject: its rules in reinstall, its words in screen, its work in
// the engine, its drawing in chat, its double.
var sameSubject = map[string]string{
	"account.go":     "an account of the cloud, and the double's",
	"api.go":         "the calls that a double takes",
	"approvers.go":   "who may approve",
	"arm.go":         "arming: the step, and its record in Redis",
	"arming.go":      "arming: the engine, and the suite of the store",
	"around.go":      "what stands around a machine",
	"asking.go":      "reminders and escalation: the policy file, and its nouns",
	"backup.go":      "backup evidence and the backup key",
	"batch.go":       "a proposal for several machines",
	"beliefs.go":     "what nobody has tried live",
	"breakglass.go":  "break-glass",
	"budget.go":      "how many resets at once and per hour",
	"card.go":        "the card: what it says, how Slack shows it",
	"check.go":       "bot check",
	"client.go":      "the client of somebody's API",
	"clock.go":       "the cloud's clock",
	"closed.go":      "closed hours",
	"cloud.go":       "the cloud: the port and its double",
	"codes.go":       "error codes of somebody's API",
	"command.go":     "a slash command",
	"config.go":      "settings",
	"countdown.go":   "the countdown",
	"denial.go":      "a call that CAM denies",
	"direct.go":      "direct messages",
	"directory.go":   "people and channels: of Slack, and of its double",
	"disks.go":       "disks of machines",
	"doc.go":         "the package's documentation",
	"errors.go":      "the package's errors",
	"event.go":       "an event that Slack sends",
	"evidence.go":    "backup evidence",
	"fleet.go":       "the machines that there are",
	"follow.go":      "following a reset",
	"form.go":        "a form: what it asks, how Slack shows it",
	"freeze.go":      "the freeze",
	"gone.go":        "a card whose proposal is gone",
	"health.go":      "what Redis can promise",
	"home.go":        "App Home",
	"identity.go":    "whose the cloud key is",
	"ignoretags.go":  "tags that are not compared",
	"image.go":       "images",
	"images.go":      "DescribeImages, and its double",
	"imagestop.go":   "a backup image for which the machine is stopped",
	"inbox.go":       "the inbox",
	"instances.go":   "DescribeInstances, and its double",
	"interaction.go": "a button or form that Slack sends: read, and handed on",
	"keypairs.go":    "SSH key pairs",
	"leases.go":      "leases",
	"lists.go":       "finding operations by what they are",
	"login.go":       "how to log in after a reset",
	"main.go":        "the command",
	"messages.go":    "messages of Slack, and of its double",
	"monitor.go":     "Cloud Monitor",
	"notes.go":       "notes in the audit",
	"notify.go":      "how approvers are told",
	"outage.go":      "a cloud that does not answer",
	"outbox.go":      "the outbox",
	"page.go":        "the practice page",
	"password.go":    "the generated password",
	"people.go":      "who somebody is",
	"policy.go":      "the policy",
	"price.go":       "the price of a reset",
	"probe.go":       "asking a login port",
	"proof.go":       "the machine's own proof after a reset",
	"queue.go":       "waiting for a place in the budget",
	"quiet.go":       "repeated trouble logged rarely",
	"quorum.go":      "the quorum",
	"records.go":     "records of operations",
	"refusal.go":     "refusals",
	"region.go":      "a region of the cloud",
	"regions.go":     "regions",
	"remind.go":      "reminders and escalation",
	"repairs.go":     "the cloud's maintenance tasks",
	"reset.go":       "ResetInstance",
	"several.go":     "a proposal for several machines",
	"ship.go":        "shipping the audit",
	"shortcut.go":    "Slack's shortcuts",
	"siblings.go":    "machines that stand in for one another",
	"size.go":        "sizes that Slack limits",
	"snapshots.go":   "snapshots of disks",
	"socket.go":      "Socket Mode",
	"stale.go":       "a click on what is no longer so",
	"store.go":       "the memory: the port, and Redis",
	"suggest.go":     "type-ahead",
	"tampered.go":    "records that somebody changed in Redis",
	"tell.go":        "how approvers are told",
	"text.go":        "text for people",
	"tour.go":        "the recorded stories of the practice page",
	"trouble.go":     "faults, for operators",
	"watch.go":       "watching machines after the end",
	"who.go":         "who somebody is",
}

// otherMeaning are names that files share although they have not one subject.
// This list only shrinks, too.
var otherMeaning = map[string]string{
	"audit.go":   "Twokey's audit, where it is shipped; CloudAudit",
	"chat.go":    "a port; Slack's methods chat.*",
	"earlier.go": "earlier resets; snapshots of data disks",
	"find.go":    "posts; machines",
	"keys.go":    "the two keys; keys of Redis; cloud keys",
	"limits.go":  "Slack's sizes; the double's rates; the budget",
	"machine.go": "the state machine; a machine of the double",
	"post.go":    "messages of Slack; HTTP requests of shipping",
	"summary.go": "a policy file in words; a card in one line",
	"survey.go":  "what beliefs look at; what a re-check reads",
	"verbs.go":   "verbs of /reinstall; verbs of stories",
}

func TestNamesHaveNoBannedWord(t *testing.T) {
	found := map[string]map[string][]string{} // word, package, names
	for _, p := range goList(t, "twokey/...") {
		short := strings.TrimPrefix(p.ImportPath, "twokey/")
		for _, n := range declaredIn(t, p) {
			for _, b := range bannedWords {
				if !b.isIn(n) {
					continue
				}
				if found[b.word] == nil {
					found[b.word] = map[string][]string{}
				}
				found[b.word][short] = append(found[b.word][short], n.name)
			}
		}
	}
	for _, b := range bannedWords {
		for p, names := range found[b.word] {
			if !slices.Contains(stillThere[b.word], p) {
				slices.Sort(names)
				t.Errorf("%s has %q in %s: the right word is %s", p, b.word, strings.Join(slices.Compact(names), ", "),
					b.right)
			}
		}
		for _, p := range stillThere[b.word] {
			if found[b.word][p] == nil {
				t.Errorf("%s no longer has %q: take it out of stillThere", p, b.word)
			}
		}
	}
	if t.Failed() {
		t.Logf("stillThere as the code is:\n%s", literal(found))
	}
}

// literal is what stillThere would be, in Go.
func literal(found map[string]map[string][]string) string {
	var b strings.Builder
	for _, word := range slices.Sorted(maps.Keys(found)) {
		fmt.Fprintf(&b, "\t%q: {\"%s\"},\n", word, strings.Join(slices.Sorted(maps.Keys(found[word])), `", "`))
	}
	return b.String()
}

func TestFilesOfOneNameHaveOneSubject(t *testing.T) {
	in := map[string][]string{}
	for _, p := range goList(t, "twokey/...") {
		for _, f := range p.GoFiles {
			in[f] = append(in[f], strings.TrimPrefix(p.ImportPath, "twokey/"))
		}
	}
	for name, packages := range in {
		same, other := sameSubject[name], otherMeaning[name]
		if len(packages) > 1 && same == "" && other == "" {
			t.Errorf("%s is in %s: rename one, or add its one subject to sameSubject", name,
				strings.Join(packages, " and "))
		}
	}
	for name := range otherMeaning {
		if len(in[name]) < 2 {
			t.Errorf("%s is in one package or none: take it out of otherMeaning", name)
		}
		if sameSubject[name] != "" {
			t.Errorf("%s has one subject and several", name)
		}
	}
}

// A declared name stands in the code once as something.
type declared struct {
	name string
	kind kind
}

var nameWords = regexp.MustCompile(`[A-Z]?[a-z0-9]+|[A-Z]+`)

// bannedForms match a word in lower case, by the banned word.
var bannedForms = func() map[string]*regexp.Regexp {
	out := map[string]*regexp.Regexp{}
	for _, b := range bannedWords {
		out[b.word] = regexp.MustCompile("^(" + cmp.Or(b.forms, b.word) + ")$")
	}
	return out
}()

// isIn reports whether the name has the banned word, as that kind.
func (b bannedWord) isIn(n declared) bool {
	if b.kinds != "" && !strings.Contains(string(b.kinds), string(n.kind)) {
		return false
	}
	words := nameWords.FindAllString(n.name, -1)
	whole := b.kinds != "" // such a word is banned as the whole name
	if whole && len(words) != 1 || n.kind == aField && whole && !ast.IsExported(n.name) {
		return false
	}
	for i, w := range words {
		right := b.after != "" && i > 0 && strings.EqualFold(words[i-1], b.after)
		if bannedForms[b.word].MatchString(strings.ToLower(w)) && !right {
			return true
		}
	}
	return false
}

// declaredIn are all names that the package declares, and those of its files.
func declaredIn(t *testing.T, p goPackage) []declared {
	t.Helper()
	var out []declared
	for _, file := range p.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), path.Join(p.Dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, declared{strings.TrimSuffix(file, ".go"), aFile})
		ast.Inspect(f, func(n ast.Node) bool {
			out = append(out, declaredBy(n)...)
			return true
		})
	}
	return out
}

func declaredBy(n ast.Node) []declared {
	switch n := n.(type) {
	case *ast.TypeSpec:
		return namedAs(aType, n.Name)
	case *ast.StructType:
		return ofFields(aField, n.Fields)
	case *ast.InterfaceType:
		return ofFields(aField, n.Methods)
	case *ast.FuncDecl:
		return namedAs(aFunc, n.Name)
	case *ast.FuncType:
		return append(ofFields(aValue, n.Params), ofFields(aValue, n.Results)...)
	case *ast.ValueSpec:
		return namedAs(aValue, n.Names...)
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE {
			return namedByExpr(n.Lhs...)
		}
	case *ast.RangeStmt:
		if n.Tok == token.DEFINE {
			return namedByExpr(n.Key, n.Value)
		}
	}
	return nil
}

func ofFields(k kind, l *ast.FieldList) (out []declared) {
	if l != nil {
		for _, f := range l.List {
			out = append(out, namedAs(k, f.Names...)...)
		}
	}
	return out
}

func namedAs(k kind, ids ...*ast.Ident) (out []declared) {
	for _, id := range ids {
		out = append(out, declared{id.Name, k})
	}
	return out
}

func namedByExpr(es ...ast.Expr) (out []declared) {
	for _, e := range es {
		if id, ok := e.(*ast.Ident); ok {
			out = append(out, namedAs(aValue, id)...)
		}
	}
	return out
}
