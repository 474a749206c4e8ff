package screen

import (
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// A card may outlive its proposal: Redis was emptied or restored, or it is more
// than a year ago. Nobody should look at buttons that do nothing.

const (
	goneWhy  = "Redis has no proposal with this id: it was emptied or restored, or the proposal is long over"
	goneNext = "Look at the machine before you make a new proposal. Ask whoever runs Twokey what happened to Redis"
)

// NoProposalHere refuses a button on a card that has no proposal in its channel: in
// the same words whether there is one elsewhere or none, for that is nobody's who is
// not there.
func NoProposalHere(verb string) *model.Refusal {
	return model.Refuse(model.RefusalTitle(verb),
		"this channel has no proposal of this card. The card is a copy, Redis was emptied or restored, or the "+
			"proposal is long over",
		"Press on the card itself. If there is none, look at the machine before you make a new proposal with "+
			"/reinstall")
}

func GoneCard(id, channel string) view.Card {
	return view.Card{
		ID: id, Channel: channel, Title: "Proposal " + id, Status: view.Status{Emoji: ":grey_question:", Word: "Gone"},
		Lines: []text{
			say(sign("grey_question"), " ", strong("Gone"), ". ", view.EndSentence(goneWhy)),
			say(view.EndSentence(goneNext)),
		},
		Summary: say("Proposal ", id, " is gone: ", view.EndSentence(goneWhy)),
	}
}
