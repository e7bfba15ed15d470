package k8sops

import "strconv"

// netProbe tries whether a host can be resolved and connected to from inside a container, with whatever the image has, and prints what it
// found in lines that begin with @: what was tried, the tool, its exit code, and the seconds since the machine's start before and after. Host,
// port (0 for none) and seconds to wait are arguments of their own, never part of the program, and opsbot's admission policy
// allows this very program where it allows no other.
const netProbe = `host=$1 port=$2 wait=$3 out=
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
has() { command -v "$1" >/dev/null 2>&1; }
up() { read -r now rest </proc/uptime; echo "$now"; }
try() {
  what=$1 tool=$2; shift 2; began=$(up)
  if has timeout; then out=$(timeout "$wait" "$@" 2>&1 </dev/null); else out=$("$@" 2>&1 </dev/null); fi
  code=$?
  echo "@$what $tool $code $began $(up)"
  printf '%s\n' "$out"
}
dns() {
  case $host in *:*) return;; *[!0-9.]*) ;; *) return;; esac
  if has getent; then try dns getent getent hosts "$host"
  elif has nslookup; then try dns nslookup nslookup "$host"
  else echo "@dns none"; fi
}
usable() { case $out in *"nvalid option"*|*"nrecognized option"*|*"nknown option"*|*sage:*|*"No such file"*) return 1;; esac; }
tcp() {
  if has bash; then try tcp bash bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "$host" "$port"; usable && return; fi
  if has nc; then try tcp nc nc -v -z -w "$wait" "$host" "$port"; usable && return; fi
  case $host in *:*) url="http://[$host]:$port/";; *) url="http://$host:$port/";; esac
  if has curl; then try tcp curl curl -sS -g --noproxy '*' -o /dev/null --connect-timeout "$wait" -m "$wait" -w 'connected in %{time_connect}\n' "$url"
  elif has wget; then try tcp wget wget -T "$wait" -O /dev/null "$url"
  else echo "@tcp none"; fi
}
dns
[ "$port" = 0 ] || tcp
exit 0
`

// What stands before and after the program in the command of a probe.
const (
	netProbeShell = "sh"
	netProbeName  = "opsbot-net-test"
)

// NetProbe is the command that tries a host and a port, 0 for none, from inside a container.
func NetProbe(host string, port, seconds int) []string {
	return []string{netProbeShell, "-c", netProbe, netProbeName, host, strconv.Itoa(port), strconv.Itoa(seconds)}
}

// NetProbeForm is what every such command looks like: its words, and regular expressions for those that differ.
func NetProbeForm() (words []string, args []string) {
	return []string{netProbeShell, "-c", netProbe, netProbeName}, []string{`^[A-Za-z0-9:][A-Za-z0-9.:-]*$`, `^[0-9]{1,5}$`, `^[0-9]{1,2}$`}
}
