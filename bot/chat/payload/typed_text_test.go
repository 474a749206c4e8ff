package payload

import "testing"

func TestWhatSlackMadeOfTypedTextIsUndone(t *testing.T) {
	for in, want := range map[string]string{
		"web-01":                  "web-01",
		"a &lt;b&gt; &amp;amp; c": "a <b> &amp; c",
		"<http://web-01.example.com|web-01.example.com> --disk 5": "web-01.example.com --disk 5",
		"<https://example.com/x>":                                 "https://example.com/x",
		"mail <mailto:a@b.c|a@b.c>":                               "mail a@b.c",
		"<@U0BOB> <@U0BOB|bob>":                                   "<@U0BOB> <@U0BOB>",
		"<#C1|general> <#C2|>":                                    "#general <#C2>",
		"<!subteam^S0ONCALL|@oncall> <!here>":                     "@oncall @here",
		"&lt;@U0BOB&gt;":                                          "<@U0BOB>",
	} {
		if got := TypedText(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
