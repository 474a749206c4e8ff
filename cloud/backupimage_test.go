package cloud

import (
	"strings"
	"testing"

	"twokey/cloud/api"
	"twokey/cloud/fakecvm"
)

func TestABackupImageIsAskedForOnceAndFoundByItsName(t *testing.T) {
	l := newLab(t)
	ref := guangzhou(fakecvm.Web01)
	if _, found, err := l.ImageByName(ctx(t), ref, "twokey-7k3q"); found || err != nil {
		t.Fatal(found, err)
	}
	id, err := l.CreateImage(ctx(t), ref, "twokey-7k3q", true)
	if err != nil {
		t.Fatal(err)
	}
	body := l.wire.sent(api.CreateImage)[0]
	if field(t, body, "ForcePoweroff") != "TRUE" || field(t, body, "DataDiskIds") != nil ||
		field(t, body, "InstanceId") != fakecvm.Web01 ||
		!strings.Contains(field(t, body, "ImageDescription").(string), "twokey") {
		t.Errorf("sent %s", body)
	}
	again, err := l.CreateImage(ctx(t), ref, "twokey-7k3q", false)
	if err == nil && again != id {
		t.Errorf("a second one: %s after %s", again, id)
	}
	img, found, err := l.ImageByName(ctx(t), ref, "twokey-7k3q")
	if err != nil || !found || img.ID != id || img.State != "CREATING" {
		t.Errorf("%+v %t %v", img, found, err)
	}
	for _, near := range []string{"twokey-7k3", "TWOKEY-7K3Q", "twokey"} {
		if _, found, err := l.ImageByName(ctx(t), ref, near); found || err != nil {
			t.Errorf("%q: %t %v", near, found, err)
		}
	}
}

func TestATakenNameIsTheAnswerThatWasLost(t *testing.T) {
	l := newLab(t)
	ref := guangzhou(fakecvm.Web01)
	l.misbehave(t, "image_drop_after", "next=1")
	_, err := l.CreateImage(ctx(t), ref, "twokey-7k3q", false)
	isFault(t, err, "CreateImage in ap-guangzhou of account main")
	if n := l.requests(api.CreateImage); n != 1 {
		t.Errorf("%d requests, want one: it is never sent again by itself", n)
	}
	if err := l.fake.Advance(fakecvm.ImageTakes); err != nil {
		t.Fatal(err)
	}
	img, found, err := l.ImageByName(ctx(t), ref, "twokey-7k3q")
	if err != nil || !found {
		t.Fatal(found, err)
	}
	id, err := l.CreateImage(ctx(t), ref, "twokey-7k3q", false)
	if err != nil || id != img.ID {
		t.Errorf("%s, want %s; %v", id, img.ID, err)
	}
}

func TestTheCloudsRefusalOfAnImageIsToldInWords(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	l.misbehave(t, "image_quota", "0")
	_, err := l.CreateImage(ctx(t), guangzhou(fakecvm.Web01), "a", false)
	isRefusal(t, err, "No image made", "quota of custom images", "ImageQuotaLimitExceeded", "Delete images")
	l.misbehave(t, "image_quota", "off")
	_, err = l.CreateImage(ctx(t), guangzhou(fakecvm.NoCharge01), "b", false)
	isRefusal(t, err, "stopped without charge", "Start it first")
	_, err = l.CreateImage(ctx(t), guangzhou("ins-00000000"), "c", false)
	isRefusal(t, err, "does not exist")
	_, err = l.CreateImage(ctx(t), guangzhou(fakecvm.Web01), strings.Repeat("x", 61), false)
	isRefusal(t, err, "60 characters")
	_, _, err = l.ImageByName(ctx(t), guangzhou(fakecvm.Web01), "")
	isRefusal(t, err)
	for _, code := range []string{"InternalServerError", "AuthFailure.UnauthorizedOperation", "RequestLimitExceeded"} {
		l.misbehave(t, "image_error", code+" next=1")
		_, err = l.CreateImage(ctx(t), guangzhou(fakecvm.Web01), "d", false)
		isFault(t, err, code)
	}
}

func TestAnUnusableAnswerToCreateImageIsAnError(t *testing.T) {
	for _, answer := range []string{`{}`, `{"Response":{}}`, `{"Response":{"RequestId":"r"}}`} {
		l := newLab(t)
		l.wire.answer(api.CreateImage, say(answer))
		id, err := l.CreateImage(ctx(t), guangzhou(fakecvm.Web01), "a", false)
		isFault(t, err, "CreateImage")
		if id != "" {
			t.Errorf("%s: %q", answer, id)
		}
	}
}

func TestTheRoomForImagesIsCountedAgainstTheQuota(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	own := 0
	for _, i := range l.fake.Images(fakecvm.Guangzhou) {
		if i.Type == "PRIVATE_IMAGE" && !i.Foreign {
			own++
		}
	}
	used, most, err := l.ImageRoom(ctx(t), guangzhou(fakecvm.Web01))
	if err != nil || used != own || most != 500 {
		t.Errorf("%d of %d, want %d of 500; %v", used, most, own, err)
	}
	l.misbehave(t, "image_quota", "3")
	if _, most, err := l.ImageRoom(ctx(t), guangzhou(fakecvm.Web01)); err != nil || most != 3 {
		t.Errorf("of %d, want 3; %v", most, err)
	}
	for _, action := range []string{api.DescribeImageQuota, api.DescribeImages} { // a failed check is no 'none'
		for _, answer := range []string{`{}`, `{"Response":{"RequestId":"r"}}`} {
			l.wire.answer(action, say(answer))
			_, _, err := l.ImageRoom(ctx(t), guangzhou(fakecvm.Web01))
			isFault(t, err, action)
			l.wire.answer(action, nil)
		}
	}
}

func TestHowFarAnImageIsIsWhatTheCloudSays(t *testing.T) {
	l := newLab(t)
	if err := l.fake.SetSpeed(0); err != nil {
		t.Fatal(err)
	}
	if _, err := l.CreateImage(ctx(t), guangzhou(fakecvm.Web01), "twokey-7k3q", false); err != nil {
		t.Fatal(err)
	}
	if err := l.fake.Advance(fakecvm.ImageTakes / 4); err != nil {
		t.Fatal(err)
	}
	img, found, err := l.ImageByName(ctx(t), guangzhou(fakecvm.Web01), "twokey-7k3q")
	if err != nil || !found || img.Percent < 20 || img.Percent > 30 {
		t.Errorf("%d %%, %t, %v", img.Percent, found, err)
	}
}
