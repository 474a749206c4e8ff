package reinstall

// mainland lists the regions of mainland China. No API says which is which;
// facts/tencent.md section 5 is the source.
var mainland = map[string]bool{
	"ap-beijing": true, "ap-chengdu": true, "ap-chongqing": true, "ap-guangzhou": true, "ap-nanjing": true,
	"ap-shanghai": true, "ap-shanghai-fsi": true, "ap-shenzhen-fsi": true, "ap-beijing-fsi": true,
	"ap-guangzhou-open": true, "ap-guiyang": true, "ap-xian-ec": true,
}

// Mainland reports whether a region lies in mainland China. An unknown region
// does not.
func Mainland(region string) bool { return mainland[region] }
