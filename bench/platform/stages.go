package platform

// stagesFile tells kwok how these pods live. The first stage takes a pod from creation to readiness in one step instead of
// three, without an event; its weight wins over testcluster's stage for a new pod. The second makes a pod ready again, as a kubelet
// does, whose node was taken for lost: with so many nodes that happens on a busy machine. All else is testcluster's.
const stagesFile = `apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: bench-pod-ready}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  weight: 1
  selector:
    matchLabels: {bench: large}
    matchExpressions:
    - jq:
        key: >-
          .metadata.deletionTimestamp == null and .status.phase == "Pending"
          and ((.status.containerStatuses // []) | length) == 0
          and ([.spec.containers[].image | contains(":bad")] | any | not)
        operator: In
        values: ["true"]
  steps:
  - patch:
      subresource: status
      root: status
      template: |
        {{ $now := Now }}
        conditions:
        - {type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }}}
        - {type: Ready, status: "True", lastTransitionTime: {{ $now | Quote }}}
        - {type: ContainersReady, status: "True", lastTransitionTime: {{ $now | Quote }}}
        containerStatuses:
        {{ range .spec.containers }}
        - name: {{ .name | Quote }}
          image: {{ .image | Quote }}
          imageID: {{ .image | Quote }}
          ready: true
          started: true
          restartCount: 0
          state: {running: {startedAt: {{ $now | Quote }}}}
        {{ end }}
        hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
        podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
        phase: Running
        startTime: {{ $now | Quote }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: bench-pod-ready-again}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchExpressions:
    - jq:
        key: >-
          .metadata.deletionTimestamp == null and .status.phase == "Running"
          and .status.containerStatuses[0].ready
          and (.metadata.annotations["testcluster.opsbot/fault"] // "") == ""
          and ([.status.conditions[] | select(.type == "Ready" and .status == "False")] | length) > 0
        operator: In
        values: ["true"]
  steps:
  - patch:
      subresource: status
      root: status
      template: |
        {{ $now := Now }}
        conditions:
        - {type: Ready, status: "True", reason: "", lastTransitionTime: {{ $now | Quote }}}
---
`
