package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// The house: bot talks and remembers, commands decides, cloud acts. Tests may
// import what they like; here is what the packages themselves may.

// arrows are, for each package of the module, those of the module that it may
// import.
var arrows = map[string][]string{
	"twokey/bot": {
		"twokey/bot/chat",
		"twokey/bot/probe",
		"twokey/bot/ship",
		"twokey/bot/store",
		"twokey/bot/store/audit",
		"twokey/cloud",
		"twokey/commands/engine",
		"twokey/commands/policy",
		"twokey/commands/port",
		"twokey/commands/reinstall/model",
		"twokey/commands/sample",
		"twokey/commands/seal",
		"twokey/commands/wiring",
	},
	"twokey/bot/chat": {
		"twokey/bot/chat/blockkit",
		"twokey/bot/chat/payload",
		"twokey/bot/chat/webapi",
		"twokey/commands/port",
		"twokey/commands/reinstall/model",
		"twokey/commands/view",
	},
	"twokey/bot/chat/blockkit": {"twokey/commands/view"},
	"twokey/bot/chat/chattest": {"twokey/commands/view"}, // for tests
	"twokey/bot/chat/payload":  {},
	"twokey/bot/chat/webapi":   {"twokey/commands/port"},
	"twokey/bot/probe":         {"twokey/commands/reinstall", "twokey/commands/reinstall/model"},
	"twokey/bot/ship":          {"twokey/commands/reinstall/model"},
	"twokey/bot/store": {
		"twokey/bot/store/audit",
		"twokey/bot/store/keys",
		"twokey/bot/store/lua",
		"twokey/bot/store/redisdb",
		"twokey/commands/port",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/seal",
	},
	"twokey/bot/store/audit": {
		"twokey/bot/store/keys",
		"twokey/bot/store/lua",
		"twokey/bot/store/redisdb",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/seal",
	},
	"twokey/bot/store/keys":    {"twokey/commands/port", "twokey/commands/reinstall/model"},
	"twokey/bot/store/lua":     {},
	"twokey/bot/store/redisdb": {"twokey/bot/store/keys", "twokey/bot/store/lua", "twokey/commands/port"},
	"twokey/bot/store/storetest": { // for tests
		"twokey/commands/port",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/view",
	},
	"twokey/cloud": {
		"twokey/cloud/api",
		"twokey/cloud/around",
		"twokey/cloud/audit",
		"twokey/cloud/beliefs",
		"twokey/cloud/describe",
		"twokey/cloud/errcode",
		"twokey/cloud/oneshot",
		"twokey/commands/port",
		"twokey/commands/reinstall/model",
	},
	"twokey/cloud/api":    {"twokey/cloud/errcode", "twokey/commands/port", "twokey/commands/reinstall/model"},
	"twokey/cloud/around": {"twokey/cloud/api", "twokey/cloud/errcode", "twokey/commands/reinstall/model"},
	"twokey/cloud/audit": {
		"twokey/cloud/api", "twokey/cloud/errcode", "twokey/commands/port",
		"twokey/commands/reinstall/model",
	},
	"twokey/cloud/beliefs": {
		"twokey/cloud/api",
		"twokey/cloud/around",
		"twokey/cloud/audit",
		"twokey/cloud/describe",
		"twokey/cloud/errcode",
		"twokey/commands/port",
		"twokey/commands/reinstall/model",
	},
	"twokey/cloud/describe": {"twokey/cloud/api", "twokey/cloud/errcode", "twokey/commands/reinstall/model"},
	"twokey/cloud/errcode":  {"twokey/commands/port"},
	"twokey/cloud/oneshot":  {"twokey/cloud/api", "twokey/commands/port"},
	"twokey/commands": {
		"twokey/commands/engine",
		"twokey/commands/grammar",
		"twokey/commands/people",
		"twokey/commands/port",
		"twokey/commands/proposals",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/screen",
		"twokey/commands/screen/aftercare",
		"twokey/commands/screen/form",
		"twokey/commands/screen/help",
		"twokey/commands/seal",
		"twokey/commands/search",
		"twokey/commands/view",
	},
	"twokey/commands/engine": {
		"twokey/commands/engine/budget",
		"twokey/commands/grammar",
		"twokey/commands/home",
		"twokey/commands/people",
		"twokey/commands/port",
		"twokey/commands/proposals",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/screen",
		"twokey/commands/screen/aftercare",
		"twokey/commands/screen/inuse",
		"twokey/commands/seal",
		"twokey/commands/search",
		"twokey/commands/view",
	},
	"twokey/commands/grammar": {
		"twokey/commands/port",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/spelling",
	},
	"twokey/commands/engine/budget": {
		"twokey/commands/port",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
	},
	"twokey/commands/home": {
		"twokey/commands/people",
		"twokey/commands/port",
		"twokey/commands/proposals",
		"twokey/commands/screen",
		"twokey/commands/view",
	},
	"twokey/commands/outbox": {
		"twokey/commands/people",
		"twokey/commands/port",
		"twokey/commands/proposals",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/screen",
		"twokey/commands/screen/aftercare",
		"twokey/commands/view",
	},
	"twokey/commands/people": {
		"twokey/commands/port",
		"twokey/commands/proposals",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/screen",
	},
	"twokey/commands/parallel": {}, // for tests
	"twokey/commands/policy": {
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/spelling",
		"twokey/commands/view",
	},
	"twokey/commands/port": {
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/view",
	},
	"twokey/commands/port/memory": {
		"twokey/commands/port",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
	},
	"twokey/commands/proposals": {
		"twokey/commands/port",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/screen",
		"twokey/commands/view",
	},
	"twokey/commands/reinstall":                 {"twokey/commands/reinstall/model"},
	"twokey/commands/reinstall/model/modeltest": {"twokey/commands/reinstall/model"}, // for tests
	"twokey/commands/reinstall/model":           {},
	"twokey/commands/sample": {
		"twokey/commands/port",
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/screen",
		"twokey/commands/view",
	},
	"twokey/commands/screen/form": {
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/screen",
		"twokey/commands/search",
		"twokey/commands/view",
	},
	"twokey/commands/screen": {
		"twokey/commands/reinstall",
		"twokey/commands/reinstall/model",
		"twokey/commands/screen/aftercare",
		"twokey/commands/screen/inuse",
		"twokey/commands/view",
	},
	"twokey/commands/screen/aftercare": {
		"twokey/commands/reinstall", "twokey/commands/reinstall/model", "twokey/commands/view",
	},
	"twokey/commands/screen/help": {"twokey/commands/view"},
	"twokey/commands/screen/inuse": {
		"twokey/commands/reinstall", "twokey/commands/reinstall/model", "twokey/commands/view",
	},
	"twokey/commands/seal":     {"twokey/commands/reinstall"},
	"twokey/commands/search":   {"twokey/commands/reinstall/model", "twokey/commands/spelling", "twokey/commands/view"},
	"twokey/commands/short":    {},
	"twokey/commands/spelling": {},
	"twokey/commands/view":     {"twokey/commands/reinstall/model"},
	"twokey/commands/wiring": {
		"twokey/commands",
		"twokey/commands/engine",
		"twokey/commands/outbox",
		"twokey/commands/people",
		"twokey/commands/port",
		"twokey/commands/proposals",
		"twokey/commands/reinstall/model",
		"twokey/commands/seal",
	},
	"twokey/deploy":        {},
	"twokey/deploy/glance": {}, // for tests
	"twokey/deploy/tour":   {},
	// The doubles know nothing of the product.
	"twokey/bot/fakeslack": {
		"twokey/bot/fakeslack/app",
		"twokey/bot/fakeslack/blockkit",
		"twokey/bot/fakeslack/callargs",
		"twokey/bot/fakeslack/delivery",
		"twokey/bot/fakeslack/directory",
		"twokey/bot/fakeslack/messages",
		"twokey/bot/fakeslack/methods",
		"twokey/bot/fakeslack/rates",
		"twokey/bot/fakeslack/switches",
		"twokey/bot/fakeslack/views",
	},
	"twokey/bot/fakeslack/app":       {"twokey/bot/fakeslack/directory"},
	"twokey/bot/fakeslack/blockkit":  {},
	"twokey/bot/fakeslack/browse":    {}, // for tests
	"twokey/bot/fakeslack/callargs":  {},
	"twokey/bot/fakeslack/conform":   {"twokey/bot/fakeslack"}, // for tests
	"twokey/bot/fakeslack/delivery":  {},
	"twokey/bot/fakeslack/directory": {},
	"twokey/bot/fakeslack/messages":  {"twokey/bot/fakeslack/blockkit"},
	"twokey/bot/fakeslack/methods":   {"twokey/bot/fakeslack/rates"},
	"twokey/bot/fakeslack/page":      {"twokey/bot/fakeslack"},
	"twokey/bot/fakeslack/rates":     {},
	"twokey/bot/fakeslack/switches":  {},
	"twokey/bot/fakeslack/views":     {"twokey/bot/fakeslack/blockkit"},
	"twokey/bot/practice": {
		"twokey/bot/fakeslack",
		"twokey/bot/fakeslack/page",
		"twokey/bot/practice/internet",
		"twokey/bot/practice/loopback",
		"twokey/bot/practice/receiver",
		"twokey/bot/practice/sshd",
		"twokey/cloud/fakecvm",
	},
	"twokey/bot/practice/internet": {},
	"twokey/bot/practice/loopback": {},
	"twokey/bot/practice/receiver": {},
	"twokey/bot/practice/sshd":     {},
	"twokey/cloud/fakecvm": {
		"twokey/cloud/fakecvm/account",
		"twokey/cloud/fakecvm/apierr",
		"twokey/cloud/fakecvm/query",
		"twokey/cloud/fakecvm/strictjson",
		"twokey/cloud/fakecvm/switchboard",
		"twokey/cloud/fakecvm/tc3",
	},
	"twokey/cloud/fakecvm/account":     {"twokey/cloud/fakecvm/apierr", "twokey/cloud/fakecvm/switchboard"},
	"twokey/cloud/fakecvm/apierr":      {},
	"twokey/cloud/fakecvm/conform":     {}, // for tests
	"twokey/cloud/fakecvm/query":       {"twokey/cloud/fakecvm/apierr"},
	"twokey/cloud/fakecvm/strictjson":  {},
	"twokey/cloud/fakecvm/switchboard": {},
	"twokey/cloud/fakecvm/tc3":         {},
}

// owners are the only packages that may import what begins with the key.
var owners = map[string][]string{
	"github.com/slack-go/": {
		"twokey/bot/chat", "twokey/bot/chat/blockkit", "twokey/bot/chat/payload",
		"twokey/bot/chat/webapi",
	},
	"github.com/leodido/": {"twokey/bot/ship"},
	"github.com/redis/": {
		"twokey/bot/store", "twokey/bot/store/audit", "twokey/bot/store/lua",
		"twokey/bot/store/redisdb",
	},
	"github.com/tencentcloud/": {
		"twokey/cloud", "twokey/cloud/api", "twokey/cloud/around", "twokey/cloud/audit",
		"twokey/cloud/beliefs", "twokey/cloud/describe", "twokey/cloud/errcode", "twokey/cloud/oneshot",
	},
	"github.com/alicebob/": {"twokey/bot/practice"},
	// the last plays the machine
	"golang.org/x/crypto/ssh": {"twokey/bot/probe", "twokey/bot/practice", "twokey/bot/practice/sshd"},
}

// goPackage is what go list tells of one package, without its tests.
type goPackage struct {
	ImportPath string
	Standard   bool
	Dir        string
	GoFiles    []string
	Imports    []string
}

func goList(t *testing.T, args ...string) []goPackage {
	t.Helper()
	if testing.Short() {
		t.Skip("-short asks go list nothing: make test runs this")
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go",
		append([]string{"list", "-json=ImportPath,Standard,Dir,GoFiles,Imports"}, args...)...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var out []goPackage
	for d := json.NewDecoder(&stdout); ; {
		var p goPackage
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
}

func TestArrowsAreThoseOfTheHouse(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range goList(t, "twokey/...") {
		seen[p.ImportPath] = true
		allowed, known := arrows[p.ImportPath]
		if !known {
			t.Errorf("%s is new: say in arrows what it may import", p.ImportPath)
		}
		for _, i := range p.Imports {
			if strings.HasPrefix(i, "twokey/") && !slices.Contains(allowed, i) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
			for what, who := range owners {
				if strings.HasPrefix(i, what) && !slices.Contains(who, p.ImportPath) {
					t.Errorf("%s imports %s, which is for %s alone", p.ImportPath, i, who)
				}
			}
		}
	}
	for p := range arrows {
		if !seen[p] {
			t.Errorf("%s is named in arrows and does not exist", p)
		}
	}
}

// The rules are pure: no I/O, no context, no clock, no chance.
func TestArrowsOfTheRulesLeadToPureCodeOnly(t *testing.T) {
	for _, p := range goList(t, "-deps", "twokey/commands/reinstall") {
		if p.Standard {
			continue
		}
		if p.ImportPath != "twokey/commands/reinstall" && p.ImportPath != "twokey/commands/reinstall/model" {
			t.Errorf("the rules link %s", p.ImportPath)
		}
		for _, i := range p.Imports {
			switch top, _, _ := strings.Cut(i, "/"); {
			case i == "net/netip": // addresses as values: nothing is asked
			case slices.Contains([]string{
				"context", "io", "net", "os", "log", "syscall", "unsafe", "testing",
				"database", "plugin",
			}, top),
				strings.HasSuffix(i, "/rand"), strings.HasSuffix(i, "rand/v2"):
				t.Errorf("the rules import %s", i)
			}
		}
		for _, f := range p.GoFiles {
			noClock(t, path.Join(p.Dir, f))
		}
	}
}

// noClock fails for each use of the system's clock: rules are told the time.
func noClock(t *testing.T, file string) {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" &&
			slices.Contains([]string{
				"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick",
				"Sleep",
			}, s.Sel.Name) {
			t.Errorf("%s: the rules use time.%s", set.Position(s.Pos()), s.Sel.Name)
		}
		return true
	})
}

func TestArrowsFromTheShippedBinaryReachNoDouble(t *testing.T) {
	linked := map[string]bool{}
	for _, p := range goList(t, "-deps", "twokey/bot") {
		linked[p.ImportPath] = true
		for _, double := range []string{
			"twokey/bot/fakeslack", "twokey/cloud/fakecvm", "twokey/bot/practice",
			"twokey/bot/store/storetest", "twokey/commands/port/memory", "twokey/deploy", "github.com/alicebob/",
			"github.com/chromedp/", "github.com/rogpeppe/",
		} {
			if strings.HasPrefix(p.ImportPath, double) {
				t.Errorf("the shipped binary links %s", p.ImportPath)
			}
		}
		if p.ImportPath == "testing" || strings.HasPrefix(p.ImportPath, "net/http/httptest") {
			t.Errorf("the shipped binary links %s", p.ImportPath)
		}
	}
	for _, part := range []string{
		"twokey/bot/chat", "twokey/bot/probe", "twokey/bot/store", "twokey/cloud",
		"twokey/commands", "twokey/commands/reinstall",
	} {
		if !linked[part] {
			t.Errorf("the shipped binary does not link %s: go list was misread", part)
		}
	}
}
