package app

import (
	"errors"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"opsbot/internal/redact"
)

// withoutSecrets hides what is secret in everything that is logged: messages, texts and errors, and what else a field holds. An error may
// quote a server, a program or a connection string.
func withoutSecrets() zap.Option {
	return zap.WrapCore(func(core zapcore.Core) zapcore.Core { return redactingCore{core} })
}

type redactingCore struct{ zapcore.Core }

func (c redactingCore) With(fields []zapcore.Field) zapcore.Core {
	return redactingCore{c.Core.With(redactFields(fields))}
}

func (c redactingCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !c.Enabled(entry.Level) {
		return checked
	}
	return checked.AddCore(entry, c)
}

func (c redactingCore) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	entry.Message = redact.Text(entry.Message)
	entry.Stack = redact.Text(entry.Stack)
	return c.Core.Write(entry, redactFields(fields))
}

func redactFields(fields []zapcore.Field) []zapcore.Field {
	out := make([]zapcore.Field, len(fields))
	for i, f := range fields {
		out[i] = redactField(f)
	}
	return out
}

// redactField changes only what holds text. What is encoded by its own method is encoded first.
func redactField(f zapcore.Field) zapcore.Field {
	switch f.Type {
	case zapcore.StringType:
		f.String = redact.Value(f.Key, f.String)
	case zapcore.ErrorType:
		if err, ok := f.Interface.(error); ok && err != nil {
			return redactError(f, err)
		}
	case zapcore.ByteStringType, zapcore.StringerType, zapcore.ReflectType, zapcore.ArrayMarshalerType, zapcore.ObjectMarshalerType, zapcore.InlineMarshalerType:
		encoded := zapcore.NewMapObjectEncoder()
		f.AddTo(encoded)
		if value, ok := encoded.Fields[f.Key]; ok && f.Type != zapcore.InlineMarshalerType {
			return zap.Any(f.Key, redactValue(f.Key, value))
		}
		return zap.Any(f.Key, redactValue(f.Key, encoded.Fields))
	}
	return f
}

func redactError(f zapcore.Field, err error) zapcore.Field {
	text := err.Error()
	after := redact.Text(text)
	if after == text {
		return f
	}
	return zap.NamedError(f.Key, errors.New(after))
}

func redactValue(name string, v any) any {
	switch v := v.(type) {
	case string:
		return redact.Value(name, v)
	case []byte:
		return redact.Text(string(v))
	case []string:
		for i := range v {
			v[i] = redact.Value(name, v[i])
		}
	case []any:
		for i := range v {
			v[i] = redactValue(name, v[i])
		}
	case map[string]any:
		for key, value := range v {
			v[key] = redactValue(key, value)
		}
	}
	return v
}
