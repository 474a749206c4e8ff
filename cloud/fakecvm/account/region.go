package account

import "slices"

// Regions are all regions of the cloud.
var Regions = []RegionInfo{
	{"ap-beijing", "华北地区(北京)", true},
	{"ap-chengdu", "西南地区(成都)", true},
	{"ap-chongqing", "西南地区(重庆)", true},
	{"ap-guangzhou", "华南地区(广州)", true},
	{"ap-nanjing", "华东地区(南京)", true},
	{"ap-shanghai", "华东地区(上海)", true},
	{"ap-qingyuan", "华南地区(清远)", true},
	{"ap-qingyuan-xinan", "华南地区(清远信安)", true},
	{"ap-zhongwei", "西北地区(中卫)", true},
	{"ap-tianjin", "华北地区(天津)", true},
	{"ap-shenzhen", "华南地区(深圳)", true},
	{"ap-xian-ec", "西北地区(西安边缘)", true},
	{"ap-jinan-ec", "华东地区(济南边缘)", true},
	{"ap-beijing-fsi", "华北地区(北京金融)", true},
	{"ap-shanghai-fsi", "华东地区(上海金融)", true},
	{"ap-shenzhen-fsi", "华南地区(深圳金融)", true},
	{"ap-hongkong", "港澳台地区(中国香港)", false},
	{"ap-singapore", "亚太东南(新加坡)", false},
	{"ap-bangkok", "亚太东南(曼谷)", false},
	{"ap-jakarta", "亚太东南(雅加达)", false},
	{"ap-mumbai", "亚太南部(孟买)", false},
	{"ap-seoul", "亚太东北(首尔)", false},
	{"ap-tokyo", "亚太东北(东京)", false},
	{"ap-taipei", "港澳台地区(中国台北)", false},
	{"ap-osaka", "亚太东北(大阪)", false},
	{"me-saudi-arabia", "中东地区(利雅得)", false},
	{"eu-frankfurt", "欧洲地区(法兰克福)", false},
	{"na-ashburn", "美国东部(弗吉尼亚)", false},
	{"na-siliconvalley", "美国西部(硅谷)", false},
	{"na-toronto", "北美地区(多伦多)", false},
	{"sa-saopaulo", "南美地区(圣保罗)", false},
}

// RegionInfo is one region of the cloud (cloud/doc.go 8.8 and 8.9).
type RegionInfo struct {
	Name      string
	LocalName string // RegionName
	mainland  bool
}

// IsRegion reports whether the cloud has a region of that name.
func IsRegion(name string) bool {
	return slices.ContainsFunc(Regions, func(r RegionInfo) bool { return r.Name == name })
}

// IsMainland reports whether a region is in mainland China. Only there the platform
// of an instance can change (cloud/doc.go 1.1).
func IsMainland(name string) bool {
	return slices.ContainsFunc(Regions, func(r RegionInfo) bool { return r.Name == name && r.mainland })
}
