package fakecvm

import (
	"math"
	"slices"
	"strings"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
)

// wirePrice is ItemPrice as cvm v1.1.0 reads it, as far as it is used.
type wirePrice struct {
	UnitPrice         *float64
	ChargeUnit        *string
	UnitPriceDiscount *float64
	OriginalPrice     *float64
	DiscountPrice     *float64
	Discount          float64
}

// inquiryPriceResetInstance quotes the resulting configuration, not the difference,
// and no more than its page says (cloud/doc.go 7.1 and 7.2). It looks at no state,
// no login and no lock: neither a price nor a refusal says what the reset will do.
func inquiryPriceResetInstance(a *account.Account, r request) (any, *apierr.Error) {
	var in account.PriceParams
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	plan, e := a.PlanNamed(account.ResetParams{PriceParams: in}, r.region)
	if e != nil {
		return nil, e
	}
	if plan.Machine.ChargeType == account.ChargeSpot || plan.Machine.Role == "EMR" {
		return nil, apierr.Errorf("InvalidInstance.NotSupported", "The instance `%s` is not supported.",
			plan.Machine.ID)
	}
	for _, check := range []func(*account.ResetPlan) *apierr.Error{
		(*account.ResetPlan).CheckImage,
		(*account.ResetPlan).CheckMemory, a.CheckPlatform, (*account.ResetPlan).CheckDisk,
	} {
		if e := check(plan); e != nil {
			return nil, asPriced(e)
		}
	}
	if e := checkQuoted(a, plan); e != nil {
		return nil, e
	}
	type price struct{ InstancePrice wirePrice }
	return struct{ Price price }{price{priceOf(a, plan)}}, nil
}

// quotedDisks are the types of system disks for which the page has a change of
// platform quoted.
var quotedDisks = []string{"CLOUD_BSSD", "CLOUD_PREMIUM", "CLOUD_SSD"}

// checkQuoted refuses what the page of the inquiry leaves out, though ResetInstance
// may do it: a change of platform on another disk. Older pages left out all but
// changes of platform in mainland China (price_old_page).
func checkQuoted(a *account.Account, p *account.ResetPlan) *apierr.Error {
	disk := p.Machine.SystemDisk.Type
	switch {
	case p.PlatformChanges() && !slices.Contains(quotedDisks, disk):
		return apierr.Errorf("InvalidInstance.NotSupported",
			"A change between Linux and Windows on the disk type `%s` cannot be quoted.", disk)
	case a.Switches.On("price_old_page", p.Machine.ID) && (!p.PlatformChanges() ||
		!account.IsMainland(p.Machine.Region)):
		return apierr.Errorf("InvalidParameterValue",
			"Only a change between Linux and Windows in Chinese mainland regions can be quoted.")
	}
	return nil
}

// pricedCodes are the codes that InquiryPriceResetInstance documents and that
// the checks it shares with ResetInstance give.
var pricedCodes = []string{
	"InvalidInstance.NotSupported", "InvalidParameterValue", "InvalidParameterValue.InvalidImageIdForRetsetInstance",
	"InvalidParameterValue.InvalidImageOsName", "InvalidParameterValue.ZoneNotSupported",
	"UnsupportedOperation.InvalidImageLicenseTypeForReset",
	"UnsupportedOperation.RawLocalDiskInsReinstalltoQcow2",
}

// asPriced words a refusal of ResetInstance with a code of this call.
func asPriced(e *apierr.Error) *apierr.Error {
	if slices.Contains(pricedCodes, e.Code) {
		return e
	}
	return apierr.Errorf("InvalidParameterValue.InvalidImageIdForRetsetInstance", "%s", e.Message)
}

// priceOf is invented: by hour for CPU, memory, disk and a Windows licence. A
// prepaid instance pays a month of it, with the usual discount on the list price.
func priceOf(a *account.Account, p *account.ResetPlan) wirePrice {
	m := p.Machine
	hour := 0.08*float64(m.CPU) + 0.03*float64(m.MemoryGB)
	if !m.SystemDisk.Local() {
		hour += float64(p.SizeGB) * gigabyteHour(m.SystemDisk.Type)
	}
	if p.Image.Windows() {
		hour += 0.02 * float64(m.CPU)
	}
	hour *= a.Switches.Number("price_factor", m.ID, 1)
	if m.ChargeType != account.ChargePrepaid {
		unit, charge := roundPrice(hour), "HOUR"
		return wirePrice{UnitPrice: &unit, UnitPriceDiscount: &unit, ChargeUnit: &charge, Discount: 100}
	}
	list, pays := roundPrice(hour*24*30), roundPrice(hour*24*30*0.88)
	return wirePrice{OriginalPrice: &list, DiscountPrice: &pays, Discount: 88}
}

func gigabyteHour(diskType string) float64 {
	switch {
	case strings.HasSuffix(diskType, "SSD"):
		return 0.0014
	default:
		return 0.0005
	}
}

func roundPrice(x float64) float64 { return math.Round(x*10000) / 10000 }
