package slacksim

import (
	"time"

	"opsbot/slacksim/clock"
	"opsbot/slacksim/manifest"
)

func withDefaults(o Options) Options {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Manifest == nil {
		o.Manifest = manifest.Default()
	}
	if o.Team == "" {
		o.Team = "Example Company"
	}
	if o.Users == nil {
		o.Users = DefaultUsers()
	}
	if o.Channels == nil {
		o.Channels = DefaultChannels()
	}
	if o.Clock == nil {
		o.Clock = clock.Real{}
	}
	if o.ConnectionLifetime == 0 {
		o.ConnectionLifetime = 18060 * time.Second
	}
	if o.MaxSockets == 0 {
		o.MaxSockets = 10
	}
	if o.CallLog == 0 {
		o.CallLog = 4096
	}
	return o
}

// DefaultUsers are the four contact roles of the operations handbook, a
// developer and somebody from outside the team.
func DefaultUsers() []UserSpec {
	return []UserSpec{
		{Key: "system", Name: "zhangsan", RealName: "张三", Title: "系统管理员 · System administrator", Email: "admin@company.com", Locale: "zh-CN", Admin: true},
		{Key: "dba", Name: "lisi", RealName: "李四", Title: "数据库管理员 · Database administrator", Email: "dba@company.com", Locale: "zh-CN"},
		{Key: "network", Name: "wangwu", RealName: "王五", Title: "网络管理员 · Network administrator", Email: "network@company.com", Locale: "zh-CN"},
		{Key: "development", Name: "zhaoliu", RealName: "赵六", Title: "开发负责人 · Development lead", Email: "dev@company.com", Locale: "zh-CN"},
		{Key: "developer", Name: "developer", RealName: "Developer", Title: "Developer, may look but not change", Email: "developer@company.com", Locale: "en-US"},
		{Key: "outsider", Name: "outsider", RealName: "Outsider", Title: "From another department", Email: "outsider@example.com", Locale: "en-US"},
	}
}

// DefaultChannels are the channels an operations team starts with.
func DefaultChannels() []ChannelSpec {
	return []ChannelSpec{
		{Name: "incidents", Topic: "Alerts and what we do about them"},
		{Name: "ops", Topic: "Everyday operations"},
		{Name: "general", Topic: "Company-wide announcements", WithoutBot: true},
	}
}
