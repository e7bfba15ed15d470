package slacksim

import "encoding/json"

func (c *call) draft() draft {
	return draft{
		text: c.str("text"), blocks: rawArg(c, "blocks"), attachments: rawArg(c, "attachments"), metadata: rawArg(c, "metadata"),
		threadTS: c.str("thread_ts"), username: c.str("username"), broadcast: c.flag("reply_broadcast"),
	}
}

func rawArg(c *call, name string) json.RawMessage {
	if s := c.str(name); s != "" {
		return json.RawMessage(s)
	}
	return nil
}
