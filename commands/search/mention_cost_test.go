package search

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
)

// crowdOf is thousands of machines, some with names of several words.
func crowdOf(n int) []model.FleetPart {
	var is []model.Instance
	for i := range n {
		is = append(is, machine(fmt.Sprintf("ins-%08d", i), fmt.Sprintf("网站 %d x", i), fmt.Sprintf("10.%d.%d.1", i/250, i%250)))
	}
	return partOf(append(is, machine("ins-aaaaaaaa", "web-01", "172.16.0.1"))...)
}

func TestALongWordInAMessageCostsNoMoreThanShortOnes(t *testing.T) {
	parts := crowdOf(5000)
	upTo := func(word func(i int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < maxSaid; i++ {
			b.WriteString(word(i))
		}
		return "web-01." + b.String()
	}
	for what, said := range map[string]string{
		"one word with many dots":   upTo(func(int) string { return "a." }),
		"one word with many dashes": upTo(func(int) string { return "a-" }),
		"one number":                upTo(func(int) string { return "1." }),
		"many words":                upTo(func(i int) string { return fmt.Sprintf(" %x", i) }),
		"many addresses":            upTo(func(i int) string { return fmt.Sprintf(" %d.%d.%d.%d", i%10, i/10%10, i/100%100, i/10000) }),
		"no spaces, in Chinese":     upTo(func(int) string { return "内核日志错误堆栈信息" }),
	} {
		began := time.Now()
		m := FindMentions(parts, []string{said}, nil)
		if took := time.Since(began); took > 3*time.Second { // a tenth of a second; twenty before, for many dots
			t.Errorf("%s: %d bytes take %s", what, len(said), took)
		}
		if got := idsOf(m.Named); got != "ins-aaaaaaaa" && what != "many addresses" {
			t.Errorf("%s names %q", what, got)
		}
	}
}

func TestALongWordNamesTheSameMachinesAsIfAllOfItWereLookedAt(t *testing.T) {
	ix := newIndex(partOf(machine("ins-aaaaaaaa", "web"), machine("ins-bbbbbbbb", "web.a"), machine("ins-cccccccc", "a.a-a"), machine("ins-dddddddd", "kkk")))
	slowly := func(word string) string {
		for _, w := range []string{word, strings.Trim(word, "._-")} {
			for w != "" {
				if is := ix.names[w]; is != nil {
					return w
				}
				if is := ix.folded[strings.ToLower(w)]; is != nil {
					return is[0].Name
				}
				w = w[:max(strings.LastIndexByte(w, '.'), 0)]
			}
		}
		return ""
	}
	rapid.Check(t, func(t *rapid.T) {
		word := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"web", "WEB", "a", "A", ".", "-", "\u212a", "k"}), 1, 60).Draw(t, "word"), "")
		if got, _ := ix.lookUpName(word); got != slowly(word) {
			t.Errorf("%q is %q, not %q", word, got, slowly(word))
		}
	})
}
