package describe

import (
	"context"

	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
)

type (
	// RawInstances is the answer of DescribeInstances with the fields that the SDK's
	// version does not have (cloud/doc.go 6.8). The rest is the SDK's own.
	RawInstances struct {
		TotalCount  *int64
		InstanceSet []*RawInstance
		RequestID   *string `json:"RequestId"`
	}
	// RawInstance is one instance of it.
	RawInstance struct {
		cvm.Instance
		SystemDisk *rawSystemDisk
	}
	rawSystemDisk struct {
		cvm.SystemDisk
		Encrypt  *bool
		KmsKeyID *string `json:"KmsKeyId"`
	}
	instancesResponse struct {
		*tchttp.BaseResponse
		Response *RawInstances
	}
)

// InstancePage makes one call of DescribeInstances.
func InstancePage(ctx context.Context, r *api.Region, q *cvm.DescribeInstancesRequest) (*RawInstances, *string, error) {
	r.CVM.InitBaseRequest(&q.BaseRequest, "cvm", cvm.APIVersion, api.DescribeInstances)
	q.SetContext(ctx)
	resp := &instancesResponse{BaseResponse: &tchttp.BaseResponse{}}
	if err := r.CVM.Send(q, resp); err != nil || resp.Response == nil {
		return nil, nil, err
	}
	return resp.Response, resp.Response.RequestID, nil
}
