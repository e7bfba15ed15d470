package webapi

import (
	"encoding/json"

	"opsbot/slacksim/workspace"
)

func (c *call) draft() workspace.Draft {
	return workspace.Draft{
		Text: c.str("text"), Blocks: rawArg(c, "blocks"), Attachments: rawArg(c, "attachments"), Metadata: rawArg(c, "metadata"),
		ThreadTS: c.str("thread_ts"), Username: c.str("username"), Broadcast: c.flag("reply_broadcast"),
	}
}

func rawArg(c *call, name string) json.RawMessage {
	if s := c.str(name); s != "" {
		return json.RawMessage(s)
	}
	return nil
}
