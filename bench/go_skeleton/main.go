// The data path of a pool node in Go's standard library, as a yardstick: a segment is posted,
// hashed and written to disk; a worker pulls it and posts four renditions as multipart; those are
// hashed; the gateway fetches them. One TLS port, HTTP/2. No tickets, no judgement, no journal.
//
//	skeleton node PORT CERT KEY FOLDER | worker PORT | gateway PORT SEGMENTS PARALLEL
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/sha3"
)

const (
	sourceBytes    = 1000000
	renditionBytes = 300000
	renditionCount = 4
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func hashOf(data []byte) []byte {
	hash := sha3.NewLegacyKeccak256()
	hash.Write(data)
	return hash.Sum(nil)
}

func randomBytes(size int) []byte {
	data := make([]byte, size)
	_, err := rand.Read(data)
	must(err)
	return data
}

// node is what lies between gateway and worker.
type node struct {
	folder     string
	tasks      chan string
	lock       sync.Mutex
	sources    map[string][]byte
	results    map[string]chan [][]byte
	renditions map[string][]byte
	last       int64
}

func (n *node) segment(w http.ResponseWriter, r *http.Request) {
	source, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	hashOf(source)
	id := strconv.FormatInt(atomic.AddInt64(&n.last, 1), 10)
	file := filepath.Join(n.folder, "skeleton-"+id+".ts")
	must(os.WriteFile(file, source, 0o600))
	defer os.Remove(file)
	done := make(chan [][]byte, 1)
	n.lock.Lock()
	n.sources[id] = source
	n.results[id] = done
	n.lock.Unlock()
	n.tasks <- id
	answer := ""
	for i, rendition := range <-done {
		name := id + "-" + strconv.Itoa(i)
		n.lock.Lock()
		n.renditions[name] = rendition
		n.lock.Unlock()
		answer += "/stream/" + name + "\n"
	}
	n.lock.Lock()
	delete(n.sources, id)
	delete(n.results, id)
	n.lock.Unlock()
	io.WriteString(w, answer)
}

// register tells a worker of tasks for as long as it stays.
func (n *node) register(w http.ResponseWriter, r *http.Request) {
	flusher := w.(http.Flusher)
	w.WriteHeader(http.StatusOK)
	flusher.Flush()
	for {
		select {
		case id := <-n.tasks:
			io.WriteString(w, id+"\n")
			flusher.Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func (n *node) source(w http.ResponseWriter, r *http.Request) {
	n.lock.Lock()
	source := n.sources[strings.TrimPrefix(r.URL.Path, "/source/")]
	n.lock.Unlock()
	w.Header().Set("Content-Length", strconv.Itoa(len(source)))
	w.Write(source)
}

func (n *node) result(w http.ResponseWriter, r *http.Request) {
	_, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	must(err)
	reader := multipart.NewReader(r.Body, parameters["boundary"])
	var renditions [][]byte
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			break
		}
		must(err)
		data, err := io.ReadAll(part)
		must(err)
		hashOf(data)
		renditions = append(renditions, data)
	}
	n.lock.Lock()
	done := n.results[r.Header.Get("TaskId")]
	n.lock.Unlock()
	done <- renditions
}

// rendition is fetched once, so it is forgotten then.
func (n *node) rendition(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/stream/")
	n.lock.Lock()
	rendition := n.renditions[name]
	delete(n.renditions, name)
	n.lock.Unlock()
	w.Header().Set("Content-Length", strconv.Itoa(len(rendition)))
	w.Write(rendition)
}

func runNode(port, certificate, key, folder string) {
	n := &node{
		folder:     folder,
		tasks:      make(chan string, 1024),
		sources:    map[string][]byte{},
		results:    map[string]chan [][]byte{},
		renditions: map[string][]byte{},
	}
	http.HandleFunc("/segment", n.segment)
	http.HandleFunc("/register", n.register)
	http.HandleFunc("/source/", n.source)
	http.HandleFunc("/transcodeResults", n.result)
	http.HandleFunc("/stream/", n.rendition)
	pair, err := tls.LoadX509KeyPair(certificate, key)
	must(err)
	listener, err := tls.Listen("tcp", "127.0.0.1:"+port, &tls.Config{
		Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2"},
	})
	must(err)
	fmt.Println("ready")
	must(http.Serve(listener, nil))
}

func client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		ForceAttemptHTTP2: true,
	}}
}

func read(response *http.Response, err error) []byte {
	must(err)
	data, err := io.ReadAll(response.Body)
	must(err)
	response.Body.Close()
	return data
}

func runWorker(port string) {
	base := "https://127.0.0.1:" + port
	control, data := client(), client()
	rendition := randomBytes(renditionBytes)
	response, err := control.Get(base + "/register")
	must(err)
	fmt.Println("joined")
	for {
		var id string
		if _, err := fmt.Fscan(response.Body, &id); err != nil {
			return
		}
		go func() {
			if len(read(data.Get(base+"/source/"+id))) != sourceBytes {
				log.Fatal("a source came short")
			}
			var body bytes.Buffer
			writer := multipart.NewWriter(&body)
			for i := 0; i < renditionCount; i++ {
				part, err := writer.CreatePart(textproto.MIMEHeader{"Content-Type": {"video/mp2t"}})
				must(err)
				part.Write(rendition)
			}
			writer.Close()
			request, err := http.NewRequest("POST", base+"/transcodeResults", &body)
			must(err)
			request.Header.Set("Content-Type", writer.FormDataContentType())
			request.Header.Set("TaskId", id)
			read(data.Do(request))
		}()
	}
}

func runGateway(port string, segments, parallel int) {
	base := "https://127.0.0.1:" + port
	source := randomBytes(sourceBytes)
	left := int64(segments)
	var all sync.WaitGroup
	for i := 0; i < parallel; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			session := client()
			for atomic.AddInt64(&left, -1) >= 0 {
				answer := read(session.Post(base+"/segment", "video/MP2T", bytes.NewReader(source)))
				var fetches sync.WaitGroup
				for _, path := range strings.Fields(string(answer)) {
					fetches.Add(1)
					go func(path string) {
						defer fetches.Done()
						if len(read(session.Get(base+path))) != renditionBytes {
							log.Fatal("a rendition came short")
						}
					}(path)
				}
				fetches.Wait()
			}
		}()
	}
	all.Wait()
	fmt.Println("done")
}

func main() {
	arguments := os.Args[1:]
	switch {
	case len(arguments) == 5 && arguments[0] == "node":
		runNode(arguments[1], arguments[2], arguments[3], arguments[4])
	case len(arguments) == 2 && arguments[0] == "worker":
		runWorker(arguments[1])
	case len(arguments) == 4 && arguments[0] == "gateway":
		segments, err := strconv.Atoi(arguments[2])
		must(err)
		parallel, err := strconv.Atoi(arguments[3])
		must(err)
		runGateway(arguments[1], segments, parallel)
	default:
		log.Fatal("usage: skeleton node PORT CERT KEY FOLDER | worker PORT | gateway PORT SEGMENTS PARALLEL")
	}
}
