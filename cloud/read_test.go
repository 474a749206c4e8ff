package cloud

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/fakecvm"
	"twokey/commands/reinstall/model"
)

func (l *lab) read(t *testing.T, ref model.Ref, w model.Request) model.Facts {
	t.Helper()
	f, err := l.Read(ctx(t), ref, w, "")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestReadTellsEverythingOfAnOrdinaryMachine(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	f := l.read(t, guangzhou(fakecvm.Web01), model.Request{Image: fakecvm.ImageUbuntu22, DiskGB: 100})
	i, truth := f.Instance, func() fakecvm.Instance { i, _ := l.fake.Instance(fakecvm.Web01); return i }()
	if i.Name != "web-01" || i.Type != truth.Type || i.CPU != 2 || i.MemoryGB != 4 || i.State != "RUNNING" ||
		i.Zone != truth.Zone ||
		i.RestrictState != "NORMAL" || i.IsolatedSource != "NOTISOLATED" || i.ChargeType != "POSTPAID_BY_HOUR" ||
		i.Tags["env"] != "staging" || i.PublicIPs[0] != "119.29.10.11" || !i.Created.Equal(truth.Created) {
		t.Errorf("instance %+v", i)
	}
	if i.SystemDisk != (model.Disk{ID: truth.SystemDisk.ID, Type: "CLOUD_PREMIUM", SizeGB: 50}) ||
		len(i.DataDisks) != 1 || i.DataDisks[0].SizeGB != 200 {
		t.Errorf("disks %+v %+v", i.SystemDisk, i.DataDisks)
	}
	if i.Latest != (model.Latest{
		Operation: "ModifyInstancesAttribute.SecurityGroups", State: "SUCCESS",
		RequestID: truth.Latest.RequestID,
	}) {
		t.Errorf("latest %+v", i.Latest)
	}
	if !f.ImageFound || f.Image.ID != fakecvm.ImageUbuntu22 || f.Image.Family() != model.Linux ||
		f.Image.SizeGB != 20 || f.Image.Type != model.ImagePublic {
		t.Errorf("image %+v", f.Image)
	}
	if f.Current.ID != fakecvm.ImageUbuntu20 || f.Family() != model.Linux {
		t.Errorf("current %+v", f.Current)
	}
	if f.Before == nil || f.After == nil || f.Before.Unit != "HOUR" || f.After.Amount <= f.Before.Amount ||
		f.PriceRefusal != "" {
		t.Errorf("prices %v -> %v (%s %s)", f.Before, f.After, f.PriceNote, f.PriceRefusal)
	}
	if len(f.Evidence) != 1 || f.Evidence[0].Kind != model.EvidenceSnapshot ||
		f.Evidence[0].DiskID != i.SystemDisk.ID ||
		f.Evidence[0].State != "NORMAL" || !f.Evidence[0].Expires.IsZero() || f.Evidence[0].SizeGB != 50 {
		t.Errorf("evidence %+v", f.Evidence)
	}
	if off := (time.Since(f.Evidence[0].Created) - 2*time.Hour).Abs(); off > time.Minute {
		t.Errorf("the snapshot is two hours old, and reads %s", f.Evidence[0].Created)
	}
	if time.Since(f.ServerTime).Abs() > 5*time.Second || f.Skew.Abs() > 3*time.Second {
		t.Errorf("server time %s, skew %s", f.ServerTime, f.Skew)
	}
}

func TestReadTellsTheTraitsThatTheRulesAskFor(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	for id, has := range map[string]func(model.Facts) bool{
		fakecvm.Win01: func(f model.Facts) bool {
			return f.Family() == model.Windows && f.Instance.SystemDisk.SizeGB == 100
		},
		fakecvm.WinSmall: func(f model.Facts) bool { return f.Instance.MemoryGB == 2 },
		fakecvm.DB01: func(f model.Facts) bool {
			return len(f.Instance.DataDisks) == 2 && f.Instance.Tags["twokey"] == "protected"
		},
		fakecvm.Proof01: func(f model.Facts) bool { return f.Instance.Protected },
		fakecvm.OldLocal: func(f model.Facts) bool {
			return f.Instance.SystemDisk.Local() && f.Instance.SystemDisk.SizeGB == 20 && len(f.Evidence) == 0
		},
		fakecvm.LocalSSD: func(f model.Facts) bool { return f.Instance.SystemDisk.Local() && len(f.Evidence) == 0 },
		fakecvm.NoCharge01: func(f model.Facts) bool {
			return f.Instance.State == "STOPPED" && f.Instance.StopChargingMode == "STOP_CHARGING"
		},
		fakecvm.ASG01: func(f model.Facts) bool {
			return f.Instance.Tags["tencentcloud:autoscaling:auto-scaling-group-id"] != ""
		},
		fakecvm.Expired01: func(f model.Facts) bool {
			return f.Instance.RestrictState == "EXPIRED" && f.Instance.IsolatedSource == "EXPIRE"
		},
		fakecvm.Bring01: func(f model.Facts) bool { return f.Current.License == "BYOL" },
		fakecvm.Prepaid01: func(f model.Facts) bool {
			return f.Before != nil && f.Before.Unit == "" &&
				*f.Before == *f.After
		},
		fakecvm.NoBackup01: func(f model.Facts) bool { return f.Evidence != nil && len(f.Evidence) == 0 },
		fakecvm.OldSnap01:  func(f model.Facts) bool { return time.Since(f.Evidence[0].Created) > 39*24*time.Hour },
		fakecvm.Spot01: func(f model.Facts) bool {
			return f.Instance.ChargeType == "SPOTPAID" && strings.HasSuffix(f.PriceRefusal,
				"(InvalidInstance.NotSupported)")
		},
		fakecvm.EMR01: func(f model.Facts) bool {
			return strings.HasSuffix(f.PriceRefusal, "(InvalidInstance.NotSupported)")
		},
	} {
		if f := l.read(t, guangzhou(id), model.Request{}); !has(f) || !f.ImageFound ||
			f.Image.ID != f.Instance.ImageID {
			t.Errorf("%s: %+v", f.Instance.Name, f)
		}
	}
	hk := l.read(t, model.Ref{Account: "main", Region: fakecvm.Hongkong, Instance: fakecvm.HKWindows01},
		model.Request{Image: fakecvm.ImageUbuntu22})
	if hk.Family() != model.Windows ||
		!strings.HasSuffix(hk.PriceRefusal, "(InvalidParameterValue.InvalidImageOsName)") || hk.After != nil ||
		hk.Before == nil {
		t.Errorf("%+v", hk)
	}
}

func TestAnImageIsFoundByIDOrExactName(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	for _, c := range []struct {
		named string
		want  string
	}{
		{fakecvm.ImageGolden, fakecvm.ImageGolden},
		{"golden-web", fakecvm.ImageGolden},
		{"partner-base", fakecvm.ImageShared},
		{"Ubuntu Server 22.04 LTS 64bit", fakecvm.ImageUbuntu22},
		{"golden", ""},
		{"GOLDEN-WEB", ""},
		{"img-00000000", ""},
		{fakecvm.ImageForeign, ""},
		{"not-yours", ""},
	} {
		f := l.read(t, guangzhou(fakecvm.Web01), model.Request{Image: c.named})
		if f.ImageFound != (c.want != "") || f.Image.ID != c.want {
			t.Errorf("%q: found %t %q, want %q", c.named, f.ImageFound, f.Image.ID, c.want)
		}
		if !f.ImageFound && (f.Before != nil || f.After != nil || f.PriceNote == "") {
			t.Errorf("%q: a price for no image: %+v", c.named, f)
		}
	}
	f := l.read(t, guangzhou(fakecvm.Web01), model.Request{Image: fakecvm.ImageCreating})
	if !f.ImageFound || f.Image.State != "CREATING" {
		t.Errorf("%+v", f.Image)
	}
}

func TestSeveralImagesOfOneNameAreRefusedWithTheirIDs(t *testing.T) {
	l := newLab(t)
	l.fake.AddImage(fakecvm.Image{
		ID: "img-0ther001", Region: fakecvm.Guangzhou, Name: "golden-web", Type: "SHARED_IMAGE",
		State: "NORMAL", Created: time.Now(),
	})
	_, err := l.Read(ctx(t), guangzhou(fakecvm.Web01), model.Request{Image: "golden-web"}, "")
	isRefusal(t, err, "2 images", fakecvm.ImageGolden+" (private)", "img-0ther001 (shared)")
}

func TestACurrentImageThatWasDeletedIsTold(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.fake.RemoveImage(fakecvm.ImageUbuntu20, fakecvm.Guangzhou)
	f := l.read(t, guangzhou(fakecvm.Web01), model.Request{})
	if f.ImageFound || f.Current.ID != "" || f.Family() != model.Linux {
		t.Errorf("%+v", f)
	}
	f = l.read(t, guangzhou(fakecvm.Web01), model.Request{Image: fakecvm.ImageUbuntu22})
	if !f.ImageFound || f.Current.ID != "" || f.Before == nil || f.After == nil || f.PriceNote == "" {
		t.Errorf("%+v", f)
	}
}

func TestAMachineThatDoesNotExistIsRefused(t *testing.T) {
	l := newLab(t)
	_, err := l.Read(ctx(t), guangzhou("ins-00000000"), model.Request{}, "")
	isRefusal(t, err, "the cloud does not show ins-00000000 in ap-guangzhou of account main just now")
	_, err = l.Read(ctx(t), guangzhou(fakecvm.HK01), model.Request{}, "")
	isRefusal(t, err, "does not show")
	_, err = l.Read(ctx(t), guangzhou(""), model.Request{}, "")
	isRefusal(t, err)
}

func TestOneCallThatFailsFailsTheRead(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	for _, action := range []string{
		api.DescribeInstances, api.DescribeImages, api.DescribeSnapshots,
		api.DescribeKeyPairs,
	} {
		for _, fault := range []string{"error:", "drop:"} {
			l := newLab(t)
			l.misbehave(t, fault+action, "on")
			w := model.Request{
				Image: "golden-web",
				Login: model.Login{Kind: model.LoginKeys, Keys: []string{fakecvm.KeyAlice}},
			}
			f, err := l.Read(ctx(t), guangzhou(fakecvm.Web01), w, "")
			isFault(t, err, action+" in ap-guangzhou of account main")
			if f.Instance.Instance != "" {
				t.Errorf("%s%s: facts next to an error", fault, action)
			}
		}
	}
}

func TestAReadWithoutADateHeaderFails(t *testing.T) {
	l := newLab(t)
	l.wire.answer(api.DescribeInstances, func(w http.ResponseWriter, r *http.Request) {
		l.fake.ServeHTTP(dateless{w}, r)
	})
	_, err := l.Read(ctx(t), guangzhou(fakecvm.Web01), model.Request{}, "")
	isFault(t, err, "no readable Date header")
}

// dateless takes the Date header out of an answer.
type dateless struct{ http.ResponseWriter }

func (d dateless) Write(b []byte) (int, error) {
	d.Header()["Date"] = nil
	return d.ResponseWriter.Write(b)
}

func TestOnlyKeyPairsThatExistAreReturned(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	f := l.read(t, guangzhou(fakecvm.Web01), model.Request{Login: model.Login{
		Kind: model.LoginKeys, Keys: []string{
			fakecvm.KeyOnCall, fakecvm.KeyAlice, fakecvm.KeySingapore, "skey-00000000",
			"nonsense",
		},
	}})
	if want := []string{fakecvm.KeyOnCall, fakecvm.KeyAlice}; !slices.Equal(f.KeyPairs, want) {
		t.Errorf("%v, want %v", f.KeyPairs, want)
	}
}

// The inquiry quotes less than the reset does: whatever is in its way is a fact,
// with its code, and fails nothing (cloud/doc.go 7.2).
func TestAPriceThatCannotBeQuotedIsAFact(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	for code, passes := range map[string]bool{
		"UnsupportedOperation.InvalidImageLicenseTypeForReset": false,
		"InvalidInstance.NotSupported":                         false,
		"AuthFailure.UnauthorizedOperation":                    false,
		"InternalServerError":                                  true,
		"InternalError.TradeUnknownError":                      true,
		"RequestLimitExceeded":                                 true,
		"FailedOperation.InquiryPriceFailed":                   false,
		"Never.Heard.Of":                                       true,
	} {
		t.Run(code, func(t *testing.T) {
			l := newLab(t)
			l.misbehave(t, "price_error", code)
			f := l.read(t, guangzhou(fakecvm.Web01), model.Request{})
			if f.After != nil || f.Before != nil || !strings.Contains(f.PriceRefusal, code) ||
				!strings.Contains(f.PriceNote, code) {
				t.Errorf("%q, %q", f.PriceRefusal, f.PriceNote)
			}
			if f.PricePasses != passes {
				t.Errorf("it passes: %v", f.PricePasses)
			}
		})
	}
}

// What the page of the inquiry leaves out, ResetInstance does all the same.
func TestThePriceOfAChangeOfPlatformOnOtherDisks(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	f := l.read(t, guangzhou(fakecvm.LocalSSD), model.Request{Image: fakecvm.ImageWindows19})
	if f.Before == nil || f.After != nil || f.PricePasses ||
		!strings.Contains(f.PriceRefusal, "InvalidInstance.NotSupported") {
		t.Errorf("%v to %v: %q", f.Before, f.After, f.PriceRefusal)
	}
	l.misbehave(t, "price_old_page", "on")
	f = l.read(t, guangzhou(fakecvm.Web01), model.Request{Image: fakecvm.ImageUbuntu22})
	if f.Before != nil || f.After != nil || !strings.Contains(f.PriceRefusal, "InvalidParameterValue") {
		t.Errorf("%v to %v: %q", f.Before, f.After, f.PriceRefusal)
	}
	if f = l.read(t, guangzhou(fakecvm.Web01), model.Request{Image: fakecvm.ImageWindows19}); f.After == nil ||
		f.Before != nil || f.PriceNote == "" {
		t.Errorf("%v to %v: %q", f.Before, f.After, f.PriceNote)
	}
}

func TestThePriceIsAskedForWhatTheResetWillSend(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.read(t, guangzhou(fakecvm.Web01),
		model.Request{Image: fakecvm.ImageBig, Login: model.Login{Kind: model.LoginKeepImage}, HostName: "x1"})
	var before, after string
	for _, body := range l.wire.sent(api.InquiryPrice) {
		if field(t, body, "ImageId") == fakecvm.ImageBig {
			after = body
		} else {
			before = body
		}
	}
	if field(t, after, "SystemDisk.DiskSize") != 100.0 || field(t, after, "LoginSettings.KeepImageLogin") != "TRUE" ||
		field(t, after, "HostName") != nil {
		t.Errorf("after: %s", after)
	}
	if field(t, before, "ImageId") != fakecvm.ImageUbuntu20 || field(t, before, "SystemDisk") != nil ||
		field(t, before, "LoginSettings") != nil {
		t.Errorf("before: %s", before)
	}
}

func TestNoSecretIsInAnErrorOrALogOfAnyCall(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	leak := func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"Response":{"Error":{"Code":"InvalidParameterValue","Message":%q},"RequestId":"r-1"}}`,
			"bad "+testKey)
	}
	page := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>"+testKey, http.StatusBadGateway) }
	for _, answer := range []http.HandlerFunc{leak, page} {
		l := newLab(t)
		for _, action := range []string{
			api.DescribeInstances, api.DescribeImages, api.DescribeSnapshots, api.InquiryPrice,
			api.CreateImage,
		} {
			l.wire.answer(action, answer)
			var said []string
			f, err := l.Read(ctx(t), guangzhou(fakecvm.Web01), model.Request{Image: "golden-web"}, "")
			said = append(said, fmt.Sprintf("%v %+v", f, err))
			_, err = l.CreateImage(ctx(t), guangzhou(fakecvm.Web01), "x", false)
			said = append(said, fmt.Sprintf("%v %+v", err, err))
			l.wire.answer(action, nil)
			for _, text := range append(said, l.log.String()) {
				if strings.Contains(text, "the+secret") {
					t.Errorf("%s: a secret in %s", action, text)
				}
			}
		}
	}
}
