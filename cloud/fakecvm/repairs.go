package fakecvm

import (
	"slices"
	"time"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
	"twokey/cloud/fakecvm/query"
)

type repairParams struct {
	Limit, Offset      *int64
	Product            *string
	TaskStatus         []int
	TaskTypeIDs        []int    `json:"TaskTypeIds"`
	TaskIDs            []string `json:"TaskIds"`
	InstanceIDs        []string `json:"InstanceIds"`
	Aliases            []string
	StartDate, EndDate *string
	OrderField         *string
	Order              *int64
}

// repairTask is RepairTaskInfo.
type repairTask struct {
	TaskID        string `json:"TaskId"`
	InstanceID    string `json:"InstanceId"`
	Alias         string
	TaskTypeID    int `json:"TaskTypeId"`
	TaskTypeName  string
	TaskStatus    int
	DeviceStatus  int
	OperateStatus int
	CreateTime    string
	AuthTime      *string
	EndTime       *string
	TaskDetail    *string
	Zone          string
	Region        string
	VpcID         string `json:"VpcId"`
	VpcName       *string
	SubnetID      string `json:"SubnetId"`
	SubnetName    *string
	WanIP         *string `json:"WanIp"`
	LanIP         *string `json:"LanIp"`
	Product       string
	TaskSubType   *string
	AuthType      int
	AuthSource    string
}

// repairTaskOf is a task as the API answers it. The status of a machine and of its
// repair have the numbers of the task's own.
func repairTaskOf(i account.Instance, t account.Repair) repairTask {
	task := repairTask{
		TaskID: t.ID, InstanceID: i.ID, Alias: i.Name, TaskTypeID: t.Type, TaskTypeName: repairNames[t.Type],
		TaskStatus:   t.Status,
		DeviceStatus: t.Status, OperateStatus: t.Status, CreateTime: bareTime(t.Created),
		TaskDetail: orNull("host maintenance"),
		Zone:       i.Zone, Region: i.Region, VpcID: vpcOf(i.Region), SubnetID: subnetOf(i.Region),
		LanIP: firstOrNil(i.PrivateIPs), WanIP: firstOrNil(i.PublicIPs),
		Product: "CVM", AuthType: 7, AuthSource: "Waiting_auth",
	}
	if t.Status > 1 {
		task.AuthTime, task.AuthSource = orNull(bareTime(t.Created)), "Customer_auth"
	}
	if t.Status == 3 {
		task.EndTime = orNull(bareTime(t.Created))
	}
	return task
}

func firstOrNil(list []string) *string {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// describeTaskInfo lists repair tasks; without StartDate only today's.
func describeTaskInfo(a *account.Account, r request) (any, *apierr.Error) {
	var in repairParams
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	switch {
	case in.Offset == nil:
		return nil, apierr.Missing("Offset")
	case in.Limit == nil:
		return nil, apierr.Missing("Limit")
	}
	from, to, e := in.searchSpan(a.Clock.Wall())
	if e != nil {
		return nil, e
	}
	if e := checkIDs(in.InstanceIDs, "InvalidParameterValue"); e != nil {
		return nil, e
	}
	var all []repairTask
	for _, m := range a.Machines {
		for _, t := range m.Repairs {
			if in.matches(m.Instance, t) && !t.Created.Before(from) && !t.Created.After(to) {
				all = append(all, repairTaskOf(m.Instance, t))
			}
		}
	}
	if in.Order != nil && *in.Order == 1 {
		slices.Reverse(all)
	}
	list, e := query.Page(all, in.Offset, in.Limit, "InvalidParameterValue.LimitExceeded")
	if e != nil {
		return nil, e
	}
	return struct {
		TotalCount        int
		RepairTaskInfoSet []repairTask
	}{len(all), orEmpty(list)}, nil
}

// repairNames are the types, as the API calls them.
var repairNames = map[int]string{
	101: "实例运行隐患", 102: "实例运行异常", 103: "实例硬盘异常", 104: "实例网络连接异常", 105: "实例运行预警", 106: "实例硬盘预警", 107: "实例维护升级",
}

func (in repairParams) matches(i account.Instance, t account.Repair) bool {
	return (len(in.InstanceIDs) == 0 || slices.Contains(in.InstanceIDs, i.ID)) &&
		(len(in.TaskStatus) == 0 || slices.Contains(in.TaskStatus, t.Status)) &&
		(len(in.TaskTypeIDs) == 0 || slices.Contains(in.TaskTypeIDs, t.Type)) &&
		(len(in.TaskIDs) == 0 || slices.Contains(in.TaskIDs, t.ID)) &&
		(len(in.Aliases) == 0 || slices.Contains(in.Aliases, i.Name)) &&
		(in.Product == nil || *in.Product == "" || *in.Product == "CVM")
}

// searchSpan checks the parameters and reads the times between which a task has to
// have been created.
func (in repairParams) searchSpan(now time.Time) (from, to time.Time, e *apierr.Error) {
	local := now.In(account.China)
	today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, account.China)
	read := func(text *string, usual time.Time) (time.Time, *apierr.Error) {
		return timeOr(usual, text, time.DateTime, account.China, "`%s` is not of the form YYYY-MM-DD hh:mm:ss.")
	}
	if from, e = read(in.StartDate, today); e != nil {
		return from, to, e
	}
	if to, e = read(in.EndDate, now); e != nil {
		return from, to, e
	}
	for _, s := range in.TaskStatus {
		if s < 1 || s > 6 {
			return from, to, apierr.Errorf("InvalidParameterValue", "`TaskStatus` %d is unknown.", s)
		}
	}
	for _, t := range in.TaskTypeIDs {
		if repairNames[t] == "" {
			return from, to, apierr.Errorf("InvalidParameterValue", "`TaskTypeIds` %d is unknown.", t)
		}
	}
	if to.Before(from) {
		return from, to, apierr.Errorf("InvalidParameterValue", "`EndDate` is before `StartDate`.")
	}
	return from, to, nil
}
