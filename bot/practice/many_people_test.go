package main

import (
	"fmt"
	"time"

	"twokey/bot/fakeslack"
	"twokey/cloud/fakecvm"
)

// a channel holds so many proposals of a round.
const perChannel = 10

// an approver has so many of them to approve: nobody does hundreds of things at
// once, and of one person Twokey does not take that.
const perApprover = 5

// manyPeople is a workspace with a proposer for each of n machines, channels for ten
// of them each, and those machines, each with a backup an hour old.
func manyPeople(n int) (*fakeslack.Directory, *fakecvm.Fleet) {
	people := fakeslack.SamplePeople()
	fleet := fakecvm.SampleFleet(time.Now())
	var model fakecvm.Instance
	for _, i := range fleet.Instances {
		if i.ID == fakecvm.Web01 {
			model = i
		}
	}
	for i := range n {
		name, place := fmt.Sprintf("u%03d", i), roomOf(i)
		people.Users = append(people.Users, fakeslack.User{
			ID: proposerOf(i), Name: name, RealName: "On call " + name, Email: name + "@home.example", TeamID: "T0HOME",
			TZ: "UTC", Role: "on call",
		})
		if i%perChannel == 0 {
			people.Channels = append(
				people.Channels, fakeslack.Channel{
					ID: place, Name: "storm-" + name,
					Members: []string{"U0BOB", "U0TWOKEY"},
				},
			)
		}
		room := &people.Channels[len(people.Channels)-1]
		room.Members = append(room.Members, proposerOf(i))
		m := model
		m.ID, m.Name = machineOf(i), boxOf(i)
		m.SystemDisk.ID, m.DataDisks, m.PublicIPs = fmt.Sprintf("disk-%08d", i), nil, nil
		m.PrivateIPs = []string{fmt.Sprintf("10.1.%d.%d", i/200, i%200+1)}
		m.Latest.RequestID = fmt.Sprintf("%08d-0000-4000-8000-000000000000", i)
		fleet.Instances = append(fleet.Instances, m)
		fleet.Snapshots = append(fleet.Snapshots, fakecvm.Snapshot{
			ID: fmt.Sprintf("snap-%08d", i), Region: m.Region, Zone: m.Zone, Name: m.Name, DiskID: m.SystemDisk.ID,
			Usage:  "SYSTEM_DISK",
			SizeGB: m.SystemDisk.SizeGB, State: "NORMAL", Percent: 100, Created: time.Now().Add(-time.Hour),
		})
	}
	return people, &fleet
}

// addApprovers adds an approver for five machines each of such a crowd's.
func addApprovers(people *fakeslack.Directory, n int) {
	for i := 0; i < n; i += perApprover {
		name := fmt.Sprintf("a%03d", i)
		people.Users = append(people.Users, fakeslack.User{
			ID: approverOf(i), Name: name, RealName: "Second key " + name, Email: name + "@home.example",
			TeamID: "T0HOME",
			TZ:     "UTC", Role: "second key",
		})
		people.Groups[0].Users = append(people.Groups[0].Users, approverOf(i))
		for c := range people.Channels {
			if people.Channels[c].ID == roomOf(i) {
				people.Channels[c].Members = append(people.Channels[c].Members, approverOf(i))
			}
		}
	}
}

func proposerOf(i int) string { return fmt.Sprintf("U0P%05d", i) }
func approverOf(i int) string { return fmt.Sprintf("U0A%05d", i/perApprover) }
func roomOf(i int) string     { return fmt.Sprintf("C0STORM%03d", i/perChannel) }
func machineOf(i int) string  { return fmt.Sprintf("ins-%08d", i) }

// boxOf names machines by letters: those that differ by a number alone are
// siblings, and never reinstalled at once.
func boxOf(i int) string {
	name := []byte("box-aaaa")
	for n := len(name) - 1; i > 0; n, i = n-1, i/26 {
		name[n] += byte(i % 26)
	}
	return string(name)
}
