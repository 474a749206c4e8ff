package policy_test

import (
	"slices"
	"strings"
	"testing"

	"twokey/commands/policy"
	"twokey/commands/reinstall/model"
)

const priced = `
accounts: [{name: main, regions: [ap-guangzhou]}]
approvers: {groups: [S0ONCALL]}
price: required
images: {marketplace: warn}
rules:
  - match: {name: "win-*"}
    price: optional
    images: {marketplace: block}
`

func TestAPolicyAsksForPricesAndAllowsMarketplaceImages(t *testing.T) {
	f, err := policy.Parse("twokey.yaml", []byte(priced))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"web-01": true, "win-01": false} {
		terms := f.Policy.TermsFor(model.Subject{Name: name})
		if terms.Price != want || terms.Market != want {
			t.Errorf("%s: price %v, marketplace %v", name, terms.Price, terms.Market)
		}
	}
	lines := policy.Summarize(f)
	for _, want := range []string{
		"  Price: required; a reset whose price the cloud does not quote is blocked.",
		"  Marketplace images: the card warns.",
		"Rule 1, for name win-*: price optional; other marketplace images blocked.",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no %q in\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

func TestWrongWordsForPricesAndImagesAreNamed(t *testing.T) {
	for src, want := range map[string]string{
		strings.Replace(priced, "price: required", "price: always", 1):                          `price: "always" is not known; use required or optional`,
		strings.Replace(priced, "marketplace: block", "marketplace: no", 1):                     `images.marketplace: "no" is not known; use warn or block`,
		strings.Replace(priced, "images: {marketplace: warn}", "images: {marketplac: warn}", 1): "unknown key “marketplac”; did you mean “marketplace”?",
	} {
		if _, err := policy.Parse("twokey.yaml", []byte(src)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
