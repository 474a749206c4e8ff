package cloud_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"twokey/cloud"
	"twokey/cloud/fakecvm"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// A Cloud finds a machine and sends the one call that wipes it. Here the cloud is a
// double, which executes the call and cuts the connection: the answer is lost, so
// nobody may say that nothing happened.
func Example() {
	fake := fakecvm.New(fakecvm.Config{SecretID: fakecvm.SampleSecretID, SecretKey: fakecvm.SampleSecretKey})
	server := httptest.NewServer(fake)
	defer server.Close()
	c, err := cloud.Open(cloud.Config{Endpoint: server.URL, Accounts: []cloud.Account{{
		Name: "main", Regions: []string{fakecvm.Guangzhou},
		SecretID: fakecvm.SampleSecretID, SecretKey: fakecvm.SampleSecretKey,
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	machines, err := c.Find(context.Background(), "web-01", "", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("found", machines[0].Ref)

	if err := fake.Switch("reset_drop_after", "next=1"); err != nil {
		fmt.Println(err)
		return
	}
	order := port.Order{T0: time.Now(), Plan: model.Plan{
		Ref: machines[0].Ref, Image: model.Image{ID: fakecvm.ImageUbuntu22, Type: model.ImagePublic},
		Disk: machines[0].SystemDisk, DiskGB: machines[0].SystemDisk.SizeGB,
	}}
	fmt.Println(c.Reset(context.Background(), order).Verdict)
	fmt.Println(c.Reset(context.Background(), order).Verdict, "after", fake.ResetRequests(fakecvm.Web01), "request")
	// Output:
	// found main/ap-guangzhou/ins-1a2b3c4d
	// ambiguous
	// ambiguous after 1 request
}
