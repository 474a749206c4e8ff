// Package beliefs looks at what Twokey believes of the cloud, for `bot check
// beliefs`. No look changes anything, and none shows the name or the id of an
// account or of a machine: people paste the results in public. cloud/doc.go cites
// each belief by its name.
package beliefs

import (
	"twokey/cloud/api"
	"twokey/commands/port"
)

// List returns the beliefs, each with its look. The looks share what they read: make
// the list again to look again. A result names regions and counts accounts.
func List(client *api.Client, accounts []*api.Account) []port.Belief {
	v := &survey{client: client, accounts: accounts, regions: map[*api.Region]*surveyed{}, trails: map[trailOf]*trail{}}
	return append([]port.Belief{
		{
			Name: "disk times", Safety: true, Source: "recorded answers of 2022; cloud/doc.go 6.5", Look: v.diskTimes,
			Says: "CBS writes times in China Standard Time without saying so, in every region",
			How: "DescribeDisks: the time of each system disk against that of its machine, which DescribeInstances " +
				"writes " +
				"with its zone",
		},
		{
			Name: "image times", Safety: true, Source: "recorded answers; cloud/doc.go 5.6", Look: v.imageTimes,
			Says: "CVM writes the times of images and machines as ISO 8601 with their zone",
			How:  "DescribeImages, DescribeInstances: the shape of CreatedTime",
		},
		{
			Name: "disk ids", Safety: true, Source: "documented; cloud/doc.go 6.4", Look: v.diskIDs,
			Says: "a machine, CBS and the machine's snapshots all name the same system disk",
			How:  "DescribeInstances against DescribeDisks",
		},
		{
			Name: "record states", Safety: true, Source: "documented, and recorded answers; cloud/doc.go 4.1 and 4.6",
			Look: v.recordStates,
			Says: "the record of a machine's last operation has state OPERATING, SUCCESS or FAILED; a machine " +
				"without a " +
				"record is normal",
			How: "DescribeInstances: LatestOperationState, and how many machines have none",
		},
		{
			Name: "request ids", Safety: true,
			Source: "implied by the documents, seen in three recorded answers; cloud/doc.go 4.4", Look: v.requestIDs,
			Says: "the LatestOperationRequestId of a machine is the RequestId of the request that began the operation",
			How: "DescribeInstances against the RequestID of CloudAudit's events of the same operation on the " +
				"same machine",
		},
		{
			Name: "lists", Safety: true, Source: "documented; cloud/doc.go 5.2 and 5.5", Look: v.wholeLists,
			Says: "a list says how many entries it has, shows them all, and each once",
			How:  "DescribeInstances, read to its end",
		},
		{
			Name: "operation names", Source: "documented; cloud/doc.go 4.1 and 4.8", Look: v.operationNames,
			Says: "a reinstall is recorded as ResetInstance",
			How:  "DescribeInstances: LatestOperation",
		},
		{
			Name: "machine states", Source: "documented; cloud/doc.go 4.2", Look: v.machineStates,
			Says: "the states of a machine are those of the documents; another one is refused",
			How:  "DescribeInstances: InstanceState, RestrictState, IsolatedSource, StopChargingMode",
		},
		{
			Name: "cloud clock", Source: "seen in every answer; cloud/doc.go 8.2", Look: v.cloudClock,
			Says: "every answer carries the cloud's time, and this host's clock is near it; else nothing is armed",
			How:  "DescribeInstances: the Date header",
		},
		{
			Name: "prices", Source: "documented; cloud/doc.go 7.1", Look: v.quotedPrices,
			Says: "InquiryPriceResetInstance answers with a price, or with a code that Twokey knows",
			How:  "one machine of each type of system disk, its own image, nothing changed",
		},
		{
			Name: "actions", Source: "documented, two of them without a source; cloud/doc.go 9.6",
			Look: v.permittedActions,
			Says: "the actions of deploy/cam-policy.json are those that the cloud asks for: each read is let through",
			How:  "one small read of each",
		},
		{
			Name: "events", Source: "one recorded event; cloud/doc.go 10.3", Look: v.auditEvents,
			Says: "CloudAudit's events have a request id and a time in seconds, and come newest first",
			How:  "DescribeEvents of the operations that change a machine",
		},
	}, byHand...)
}

// byHand are the beliefs that no harmless call can prove; a person looks.
var byHand = []port.Belief{
	{
		Name: "tag condition", Safety: true, Source: "unproven; cloud/doc.go 9.7",
		Says: "a write passes only if the policy allows the machine by tag, and image, key pair and disk too",
		ByHand: "reset a machine that may be lost, with the bot's key. Without the tag it must be denied, with it it " +
			"must pass",
	},
	{
		Name: "refusals", Safety: true, Source: "inferred from the documents; cloud/doc.go 3.2",
		Says:   "a documented refusal of ResetInstance means that nothing happened",
		ByHand: "after a refusal look in the console whether the machine's last operation has changed",
	},
	{
		Name: "dead calls", Safety: true, Source: "documented signature time, inferred margin; cloud/doc.go 4.12",
		Says:   "a reset that does not show 400 s after it was signed was not carried out",
		ByHand: "note how long the first resets take to show in LatestOperation; 6 to 11 s were seen",
	},
	{
		Name: "disk of another platform", Source: "the documents changed in 2024; cloud/doc.go 6.6",
		Says:   "after a change of platform a machine may have another system disk's id. An image is required either way",
		ByHand: "compare the id of the system disk before and after the first change of platform",
	},
	{
		Name: "encrypted disks", Source: "unknown; cloud/doc.go 6.8",
		Says:   "a reset may or may not keep an encrypted system disk encrypted",
		ByHand: "look at Encrypt of the system disk before and after a reset of a machine that may be lost",
	},
	{
		Name: "console resets", Source: "unknown; cloud/doc.go 4.8 and 10.4",
		Says:   "a reinstall in the console is recorded like one by the API",
		ByHand: "reinstall a machine that may be lost in the console, then run this again and look at operation names",
	},
	{
		Name: "event lag", Source: "two recorded events; cloud/doc.go 10.2",
		Says:   "CloudAudit shows an event within minutes",
		ByHand: "rename a machine in the console and note when CloudAudit shows it",
	},
}
