package memory

// table holds the parts in chunks, so that it grows without copying. Slots
// that become free are given to the next parts; a chunk without parts is given
// back to the runtime.
type table struct {
	chunks []*chunk
	room   []uint32 // the chunks with a free slot
	vacant []uint32 // the places of chunks without a chunk
	parts  int
	lives  uint32
	bytes  int64
}

const (
	chunkShift = 8
	chunkSlots = 1 << chunkShift
)

var chunkBytes = chunkSlots*partBytes + 32

// chunk is a run of slots. Free slots form a list through part.kept.
type chunk struct {
	parts [chunkSlots]part
	free  uint32 // the first free slot plus one, 0 when there is none
	live  uint32
	place int // of the chunk in table.room, if free != 0
}

// at returns the part in a slot that is in use. The pointer is good until the
// part is freed.
func (t *table) at(slot uint32) *part {
	return &t.chunks[slot>>chunkShift].parts[slot%chunkSlots]
}

// get returns the part in any slot, nil when the slot is not in use.
func (t *table) get(slot uint32) *part {
	n := slot >> chunkShift
	if int(n) >= len(t.chunks) || t.chunks[n] == nil {
		return nil
	}
	if p := &t.chunks[n].parts[slot%chunkSlots]; p.used {
		return p
	}
	return nil
}

// alloc gives away a slot. Its part is zero but for life and used.
func (t *table) alloc() uint32 {
	if len(t.room) == 0 {
		t.addChunk()
	}
	n := t.room[len(t.room)-1]
	c := t.chunks[n]
	i := c.free - 1
	p := &c.parts[i]
	if c.free = p.kept; c.free == 0 {
		t.room = t.room[:len(t.room)-1]
	}
	c.live++
	t.parts++
	t.lives++
	*p = part{life: t.lives, used: true}
	return n<<chunkShift | i
}

func (t *table) addChunk() {
	c := &chunk{free: 1}
	for i := range uint32(chunkSlots - 1) {
		c.parts[i].kept = i + 2
	}
	n := uint32(len(t.chunks))
	if v := len(t.vacant); v > 0 {
		n, t.vacant = t.vacant[v-1], t.vacant[:v-1]
		t.chunks[n] = c
	} else {
		t.chunks = append(t.chunks, c)
	}
	t.bytes += chunkBytes
	t.addRoom(n)
}

func (t *table) addRoom(n uint32) {
	t.chunks[n].place = len(t.room)
	t.room = append(t.room, n)
}

func (t *table) dropRoom(c *chunk) {
	last := len(t.room) - 1
	t.room[c.place] = t.room[last]
	t.chunks[t.room[last]].place = c.place
	t.room = t.room[:last]
}

// release takes a slot back.
func (t *table) release(slot uint32) {
	n, i := slot>>chunkShift, slot%chunkSlots
	c := t.chunks[n]
	c.parts[i] = part{kept: c.free}
	if c.free == 0 {
		t.addRoom(n)
	}
	c.free = i + 1
	c.live--
	t.parts--
	if c.live == 0 {
		t.dropRoom(c)
		t.chunks[n] = nil
		t.vacant = append(t.vacant, n)
		t.bytes -= chunkBytes
	}
}
