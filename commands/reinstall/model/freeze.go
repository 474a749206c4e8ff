package model

import (
	"time"
)

// Freeze is the global stop.
type Freeze struct {
	By   string    `json:"by"`
	Why  string    `json:"why"`
	When time.Time `json:"when"`
	// Unchecked: Slack could not say in time whether they may freeze. To stop is safe,
	// so it counts anyway.
	Unchecked bool `json:"unchecked,omitempty"`
	// Lost: nobody froze. Redis does not have the freeze that Twokey wrote last. That
	// counts as a freeze until a person ends it.
	Lost bool `json:"-"`
	// Way is the operator's command that ends it, if /reinstall unfreeze does not:
	// Redis as a whole is not believed.
	Way string `json:"-"`
}
