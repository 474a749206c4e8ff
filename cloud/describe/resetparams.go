package describe

import (
	"errors"
	"fmt"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/commands/reinstall/model"
)

// GrownDisk is the system disk if it grows, and nil if it stays. A size is for cloud
// disks only, and the type cannot change (cloud/doc.go 2.2).
func GrownDisk(now model.Disk, sizeGB int) *cvm.SystemDisk {
	if sizeGB <= now.SizeGB {
		return nil
	}
	return &cvm.SystemDisk{DiskSize: new(int64(sizeGB))}
}

// LoginSettings holds exactly one way to log in, or is nil. Without one the cloud
// sends a password to Message Center (cloud/doc.go 2.3). Without a password a
// password login is nil too, so that the price can be asked before there is one.
func LoginSettings(l model.Login, password string) (*cvm.LoginSettings, error) {
	switch l.Kind {
	case model.LoginMessageCenter, "":
		return nil, nil
	case model.LoginKeepImage:
		return &cvm.LoginSettings{KeepImageLogin: new("TRUE")}, nil
	case model.LoginKeys:
		if len(l.Keys) == 0 {
			return nil, errors.New("the login names no key pair")
		}
		s := &cvm.LoginSettings{}
		for _, k := range l.Keys {
			s.KeyIds = append(s.KeyIds, new(k))
		}
		return s, nil
	case model.LoginPassword:
		if password == "" {
			return nil, nil
		}
		return &cvm.LoginSettings{Password: new(password)}, nil
	}
	return nil, fmt.Errorf("%q is no way to log in", l.Kind)
}

// EnhancedService turns monitoring and security on for public images, as their
// default is. Other images keep what is inside them (cloud/doc.go 2.6).
func EnhancedService(i model.Image) *cvm.EnhancedService {
	if i.Type != model.ImagePublic {
		return nil
	}
	return &cvm.EnhancedService{
		SecurityService: &cvm.RunSecurityServiceEnabled{Enabled: new(true)},
		MonitorService:  &cvm.RunMonitorServiceEnabled{Enabled: new(true)},
	}
}
