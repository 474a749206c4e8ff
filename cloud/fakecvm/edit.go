package fakecvm

import "twokey/cloud/fakecvm/account"

// Operate does to an instance what somebody at the console would, and so replaces
// LatestOperation, at once and for all readers. Power operations take ConsoleTakes;
// an *Error refuses them while another operation runs. Changes of attributes
// (ModifyInstancesAttribute, ..) happen at once and at any time, and their record
// says what changed: without a suffix, ModifyInstancesAttribute.InstanceName.
// "ResetInstance" reinstalls the present image. An unknown action is an error that
// lists the actions.
func (c *Cloud) Operate(instance, action string) (err error) {
	c.update(func() { err = c.account.Operate(instance, action) })
	return err
}

// Patch changes an instance as if the cloud had always held it so: f gets the
// instance as it stands and changes it in place. Id and region stay what they
// are. A changed Latest is shown at once. An operation that runs goes on.
// f is called with the Cloud locked and must not call its methods.
func (c *Cloud) Patch(instance string, f func(*account.Instance)) (err error) {
	c.update(func() { err = c.account.Patch(instance, f) })
	return err
}

// SetTag sets a tag of an instance; a nil value removes it.
func (c *Cloud) SetTag(instance, key string, value *string) error {
	return c.Patch(instance, func(i *account.Instance) {
		if value == nil {
			delete(i.Tags, key)
			return
		}
		i.Tags[key] = *value
	})
}

// SetName renames an instance, as somebody at the console would: its record says
// ModifyInstancesAttribute.InstanceName from then on.
func (c *Cloud) SetName(instance, name string) (err error) {
	c.update(func() { err = c.account.Rename(instance, name) })
	return err
}

// AddInstance adds an instance to the account. Its id has to be new; empty
// states, charge type, licence and login mean those of a healthy, running one.
func (c *Cloud) AddInstance(i account.Instance) (err error) {
	c.update(func() { err = c.account.AddInstance(i) })
	return err
}

// AddImage adds an image to the account, or replaces the one of that id and
// region.
func (c *Cloud) AddImage(i account.Image) {
	c.update(func() { c.account.PutImage(i) })
}

// RemoveImage deletes an image; instances that were made of it go on naming it.
func (c *Cloud) RemoveImage(id, region string) {
	c.update(func() { c.account.RemoveImage(id, region) })
}

// AddSnapshot adds a snapshot to the account, or replaces the one of that id
// and region.
func (c *Cloud) AddSnapshot(s account.Snapshot) {
	c.update(func() { c.account.PutSnapshot(s) })
}
