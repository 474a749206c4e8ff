package describe

import (
	"errors"
	"fmt"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/commands/reinstall"
)

// GrownDisk is the system disk where it grows, and nil where it stays: a size
// is for cloud disks only, and its type cannot change.
func GrownDisk(now reinstall.Disk, sizeGB int) *cvm.SystemDisk {
	if sizeGB <= now.SizeGB {
		return nil
	}
	return &cvm.SystemDisk{DiskSize: new(int64(sizeGB))}
}

// LoginSettings holds exactly one way to log in, or is nil: then the cloud
// makes a password and sends it to the account's Message Center. No password
// is no setting either, so that a price can be asked before there is one.
func LoginSettings(l reinstall.Login, password string) (*cvm.LoginSettings, error) {
	switch l.Kind {
	case reinstall.LoginMessageCenter, "":
		return nil, nil
	case reinstall.LoginKeepImage:
		return &cvm.LoginSettings{KeepImageLogin: new("TRUE")}, nil
	case reinstall.LoginKeys:
		if len(l.Keys) == 0 {
			return nil, errors.New("the login names no key pair")
		}
		s := &cvm.LoginSettings{}
		for _, k := range l.Keys {
			s.KeyIds = append(s.KeyIds, new(k))
		}
		return s, nil
	case reinstall.LoginPassword:
		if password == "" {
			return nil, nil
		}
		return &cvm.LoginSettings{Password: new(password)}, nil
	}
	return nil, fmt.Errorf("%q is no way to log in", l.Kind)
}

// EnhancedService turns monitoring and security on for public images, as their default
// is; other images keep what is inside them.
func EnhancedService(i reinstall.Image) *cvm.EnhancedService {
	if i.Type != reinstall.ImagePublic {
		return nil
	}
	return &cvm.EnhancedService{
		SecurityService: &cvm.RunSecurityServiceEnabled{Enabled: new(true)},
		MonitorService:  &cvm.RunMonitorServiceEnabled{Enabled: new(true)},
	}
}
