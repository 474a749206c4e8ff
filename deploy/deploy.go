// Package deploy holds what it takes to run Twokey for real: sample files that
// are read by the same code, and held against the same doubles, as the bot.
//
// Policy is the policy file (TWOKEY_POLICY). SlackManifest is the app's
// manifest for HTTP, SocketManifest that for Socket Mode; make manifest writes
// the latter from the former.
//
// CAMPolicy is the policy of the sub-account whose key the bot uses: exactly
// the actions that package cloud calls (CBS' bear the prefix cvm:). Put the
// account's UIN in for UIN, and the regions of the policy file. Reads see every
// machine; ResetInstance and CreateImage reach only machines that somebody
// tagged twokey=allowed, even if the bot asks for others. The second statement of
// writes names what belongs to a machine: images, key pairs and system disks
// have no such tag. If role_arn is set, give this policy to the role. The key's
// sub-account then needs sts:AssumeRole on that role.
//
// The Dockerfile, compose.yaml, the Helm chart, the dashboard and the alerts
// lie beside them; tests hold their settings and metrics against the bot's.
// twokey.service, nginx.conf and the folder redis are for machines without containers.
// Tests run them in the real programs. runbook.md says what to do about an alert.
//
// cards/cards.txt is what each state of the card shows, in words. make cards
// writes it from fixed records, and a test compares it with what the code draws.
// It also takes a picture of each card, in a channel and on a phone, into the folder
// pictures, which git ignores. The pictures that documents show are in cards.
package deploy

import _ "embed"

// The sample files.
var (
	//go:embed twokey.yaml
	Policy []byte

	//go:embed slack-manifest.yaml
	SlackManifest []byte

	//go:embed slack-manifest-socket.yaml
	SocketManifest []byte

	//go:embed cam-policy.json
	CAMPolicy []byte
)
