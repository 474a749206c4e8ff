package model

import (
	"strings"
)

// inMainland and abroad are the regions of mainland China and all others that are
// known. No API has that: cloud/doc.go 8.9 is the source.
var (
	inMainland = wordSet(`
		ap-beijing ap-chengdu ap-chongqing ap-guangzhou ap-nanjing ap-shanghai ap-qingyuan ap-qingyuan-xinan
		ap-zhongwei ap-tianjin ap-shenzhen ap-shenzhen-sycft ap-shanghai-adc ap-guangzhou-open ap-guiyang
		ap-shanghai-fsi ap-shenzhen-fsi ap-beijing-fsi
		ap-shijiazhuang-ec ap-jinan-ec ap-hangzhou-ec ap-fuzhou-ec ap-hefei-ec ap-wuhan-ec ap-changsha-ec
		ap-zhengzhou-ec ap-xibei-ec ap-shenyang-ec ap-xian-ec`)
	abroad = wordSet(`
		ap-hongkong ap-singapore ap-bangkok ap-jakarta ap-mumbai ap-seoul ap-tokyo ap-taipei ap-osaka
		me-saudi-arabia eu-frankfurt eu-moscow na-ashburn na-siliconvalley na-toronto sa-saopaulo`)
)

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		out[w] = true
	}
	return out
}

// RegionLocation is in which part of the world a region is.
type RegionLocation int

// Nobody knows the location of a region that is in neither table.
const (
	LocationUnknown RegionLocation = iota
	LocationMainland
	LocationAbroad
)

// LocateRegion reports whether a region lies in mainland China.
func LocateRegion(region string) RegionLocation {
	switch {
	case inMainland[region]:
		return LocationMainland
	case abroad[region]:
		return LocationAbroad
	}
	return LocationUnknown
}
