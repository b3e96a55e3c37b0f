package middleware

const (
	// maxHello bounds the handshake message. Hellos with post-quantum key
	// shares and encrypted ones inside have 2 to 3 KiB.
	maxHello = 16 << 10

	recordHeader    = 5
	recordHandshake = 22
	maxRecord       = 1 << 14
	helloHeader     = 4
	helloType       = 1
)

// helloReader puts a ClientHello together from the bytes of a connection. It
// looks at each byte once, however they are cut into reads and records:
//
//	record:  type(1) version(2) length(2) payload…
//	message: type(1) length(3) body…          spread over the payloads
type helloReader struct {
	head  [recordHeader]byte
	nhead int    // bytes of head that are there
	left  int    // payload bytes of the record still to come
	msg   []byte // the message so far; nil after a failure
}

// feed takes the next bytes and reports whether there is nothing more to wait
// for: the message is complete, or msg is nil because this is no hello.
func (h *helloReader) feed(b []byte) (done bool) {
	for len(b) > 0 {
		if h.left == 0 {
			n := copy(h.head[h.nhead:], b)
			h.nhead += n
			b = b[n:]
			if h.head[0] != recordHandshake {
				return h.fail()
			}
			if h.nhead < recordHeader {
				return false
			}
			h.nhead = 0
			h.left = int(h.head[3])<<8 | int(h.head[4])
			if h.left == 0 || h.left > maxRecord {
				return h.fail()
			}
			continue
		}
		n := min(h.left, len(b), maxHello-len(h.msg))
		h.msg = append(h.msg, b[:n]...)
		h.left -= n
		b = b[n:]
		if size := h.size(); size > maxHello || size < 0 {
			return h.fail()
		} else if len(h.msg) >= size {
			h.msg = h.msg[:size]
			return true
		}
	}
	return false
}

// size is the length of the whole message: the header's when that is not there
// yet, negative when this is no hello.
func (h *helloReader) size() int {
	if len(h.msg) > 0 && h.msg[0] != helloType {
		return -1
	}
	if len(h.msg) < helloHeader {
		return helloHeader
	}
	return helloHeader + int(h.msg[1])<<16 + int(h.msg[2])<<8 + int(h.msg[3])
}

func (h *helloReader) fail() bool {
	h.msg = nil
	return true
}
