package templatediff

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// fill puts text into every string of a value, also into keys of maps, with one element in every list.
func fill(v reflect.Value, text string) {
	switch v.Interface().(type) {
	case resource.Quantity:
		v.Set(reflect.ValueOf(resource.MustParse(fmt.Sprint(len(text)))))
		return
	case intstr.IntOrString:
		v.Set(reflect.ValueOf(intstr.FromString(text)))
		return
	case metav1.Time:
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(text))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, text)
		fill(value, text)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Bool:
		v.SetBool(len(text)%2 == 0)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(len(text)))
	}
}

func filled(text string) corev1.PodTemplateSpec {
	var t corev1.PodTemplateSpec
	fill(reflect.ValueOf(&t).Elem(), text)
	return t
}

func TestADiffShowsNothingOfATemplateFullOfSecrets(t *testing.T) {
	from, to := filled("SECRET1 p@ss:w%rd?"), filled("SECRET1 p@ss:w%rd? and another")
	diff := Of("user", from, to)
	require.NotContains(t, diff, "SECRET1")
	require.NotContains(t, diff, "p@ss")
	for _, c := range Images("user", from, to) {
		require.NotContains(t, fmt.Sprint(c), "SECRET1")
	}
	for _, path := range []string{
		"spec.containers[•••].env[•••].value (changed)", "spec.containers[•••].args (changed)", "spec.containers[•••].image (changed)",
		"spec.containers[•••].lifecycle.postStart.exec.command (changed)", "spec.containers[•••].livenessProbe.httpGet.httpHeaders (changed)",
		"spec.containers[•••].readinessProbe.httpGet.path (changed)", "spec.containers[•••].startupProbe.exec.command (changed)",
		"spec.volumes[•••].csi.volumeAttributes (changed)", "metadata.annotations[•••] (changed)", "metadata.labels[•••] (changed)",
		"spec.initContainers[•••].env[•••].value (changed)",
	} {
		require.Contains(t, diff, path)
	}
}

// What may be shown, as it stands in a diff of a template in which everything has the form of a name.
func TestWhatADiffMayShow(t *testing.T) {
	const marker = "marker"
	require.Empty(t, Of("user", filled(marker), filled(marker)))
	value := regexp.MustCompile(`(?m)^\+ (\S+): marker-b$`)
	names := regexp.MustCompile(`\[[^]]*]|^spec\.|(init|ephemeral)?[cC]ontainers\.`)
	var shown []string
	for _, m := range value.FindAllStringSubmatch(Of("user", filled(marker), filled("marker-b")), -1) {
		shown = append(shown, names.ReplaceAllString(strings.TrimPrefix(names.ReplaceAllString(m[1], ""), "spec."), ""))
	}
	slices.Sort(shown)
	require.Equal(t, strings.Fields(mayBeShown), slices.Compact(shown))
}

const mayBeShown = `
env.name env.valueFrom.configMapKeyRef.key env.valueFrom.configMapKeyRef.name env.valueFrom.fieldRef.fieldPath
env.valueFrom.fileKeyRef.key env.valueFrom.fileKeyRef.volumeName env.valueFrom.resourceFieldRef.containerName
env.valueFrom.resourceFieldRef.resource env.valueFrom.secretKeyRef.key env.valueFrom.secretKeyRef.name
envFrom.configMapRef.name envFrom.secretRef.name image imagePullSecrets.name
lifecycle.postStart.httpGet.port lifecycle.postStart.tcpSocket.port lifecycle.preStop.httpGet.port lifecycle.preStop.tcpSocket.port
livenessProbe.httpGet.port livenessProbe.tcpSocket.port name ports.name priorityClassName readinessProbe.httpGet.port
readinessProbe.tcpSocket.port runtimeClassName schedulerName serviceAccountName startupProbe.httpGet.port startupProbe.tcpSocket.port
volumeDevices.name volumeMounts.name volumes.azureFile.secretName volumes.cephfs.secretRef.name volumes.cinder.secretRef.name
volumes.configMap.name volumes.csi.nodePublishSecretRef.name volumes.ephemeral.volumeClaimTemplate.spec.dataSourceRef.name
volumes.ephemeral.volumeClaimTemplate.spec.volumeName volumes.flexVolume.secretRef.name volumes.iscsi.secretRef.name volumes.name
volumes.persistentVolumeClaim.claimName volumes.projected.sources.configMap.name volumes.projected.sources.secret.name
volumes.rbd.secretRef.name volumes.scaleIO.secretRef.name volumes.scaleIO.volumeName volumes.secret.secretName
volumes.storageos.secretRef.name volumes.storageos.volumeName
`

func TestADiffSaysWhatChangesWhere(t *testing.T) {
	template := func(change func(*corev1.Container)) corev1.PodTemplateSpec {
		c := corev1.Container{
			Name: "user", Image: "user-service:1.0", Env: []corev1.EnvVar{{Name: "DSN", Value: "a"}, {Name: "GONE", Value: "b"}, {Name: "KEY",
				ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "db"}, Key: "password"}}}},
			Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{"cpu": resource.MustParse("500m")}},
		}
		change(&c)
		return corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{RestartedAt: "2026-03-02T09:30:00Z", "note": "x"}},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{c}},
		}
	}
	from := template(func(*corev1.Container) {})
	to := template(func(c *corev1.Container) {
		c.Image = "registry:5000/shop/user-service@sha256:" + strings.Repeat("0a", 32)
		c.Env = append(c.Env[:1], c.Env[2], corev1.EnvVar{Name: "NEW", Value: "d"})
		c.Env[0].Value = "c"
		c.Env[1].ValueFrom.SecretKeyRef.Name = "db2"
		c.Resources.Limits["cpu"] = resource.MustParse("1")
		c.Ports = []corev1.ContainerPort{{ContainerPort: 8080}}
		c.Args = []string{"--password", "x"}
	})
	to.Annotations[RestartedAt] = RestartTime
	to.Annotations["note"] = "y"
	require.Equal(t, `--- user (now)
+++ user (planned)
- metadata.annotations[kubectl.kubernetes.io/restartedAt]: 2026-03-02T09:30:00Z
+ metadata.annotations[kubectl.kubernetes.io/restartedAt]: <now>
! metadata.annotations[note] (changed)
+ spec.containers[user].args (added)
! spec.containers[user].env[DSN].value (changed)
- spec.containers[user].env[GONE].name: GONE
- spec.containers[user].env[GONE].value (removed)
- spec.containers[user].env[KEY].valueFrom.secretKeyRef.name: db
+ spec.containers[user].env[KEY].valueFrom.secretKeyRef.name: db2
+ spec.containers[user].env[NEW].name: NEW
+ spec.containers[user].env[NEW].value (added)
- spec.containers[user].image: user-service:1.0
+ spec.containers[user].image: registry:5000/shop/user-service@sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a
+ spec.containers[user].ports[8080].containerPort: 8080
- spec.containers[user].resources.limits[cpu]: 500m
+ spec.containers[user].resources.limits[cpu]: 1
`, Of("user", from, to))
}
