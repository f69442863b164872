/* A disk that fails, for the tests: preloaded into a child process, it stands between the program and the C library.
 *
 * On files below FAULTS_FOLDER it counts every write, sync, truncate and rename, fails the one that the control file
 * names, and notes all of them in order in FAULTS_LOG, so that the folder can be built as a power cut would leave it.
 * The control file is six 64-bit numbers, shared with the test while the child runs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FAIL_AT, COUNT, MODE, FIRED, CLOCK, NUMBERS };
/* ONE: the operation fails with an I/O error. FULL: from it on, nothing more can be written. READ_ONLY: nothing can be
 * made or opened for writing. */
enum { ONE = 1, FULL = 2, READ_ONLY = 3 };

static const char *folder, *mounts, *ack;
static volatile int64_t *control;
static int log_file = -1;
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    folder = getenv("FAULTS_FOLDER");
    mounts = getenv("FAULTS_MOUNTS");
    ack = getenv("FAULTS_ACK");
    const char *path = getenv("FAULTS_CONTROL");
    if (path) {
        int file = REAL(open)(path, O_RDWR | O_CLOEXEC);
        void *map = file < 0 ? MAP_FAILED
                             : mmap(0, NUMBERS * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (map == MAP_FAILED) {
            abort();
        }
        control = map;
        close(file);
    }
    path = getenv("FAULTS_LOG");
    if (path) {
        log_file = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
}

static int ours(const char *path) {
    size_t length = folder ? strlen(folder) : 0;
    return path && length && !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

/* The index of SQLite is rebuilt from its log and never on disk in a state that counts. */
static int index_file(const char *path) {
    size_t length = strlen(path);
    return length > 4 && !strcmp(path + length - 4, "-shm");
}

/* Where an open file is; empty if it is none of ours. */
static const char *place(int file, char *into, size_t room) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, into, room - 1);
    into[length < 0 ? 0 : length] = 0;
    return into;
}

static void put(const void *bytes, size_t length) {
    const char *from = bytes;
    while (length > 0) {
        ssize_t done = REAL(write)(log_file, from, length);
        if (done < 0) {
            abort();
        }
        from += done;
        length -= done;
    }
}

/* kind, inode, number, length, bytes */
static void note(char kind, uint64_t inode, uint64_t number, const void *bytes, uint64_t length) {
    if (log_file < 0) {
        return;
    }
    int before = errno;
    char head[25];
    head[0] = kind;
    memcpy(head + 1, &inode, 8);
    memcpy(head + 9, &number, 8);
    memcpy(head + 17, &length, 8);
    put(head, sizeof head);
    put(bytes, length);
    errno = before;
}

static uint64_t inode(int file) {
    struct stat found;
    return fstat(file, &found) ? 0 : found.st_ino;
}

/* Count an operation; whether it has to fail, and how: 0, ONE, or FULL when it is the first, -FULL later on. */
static int due(int takes_room) {
    if (!control) {
        return 0;
    }
    int64_t number = ++control[COUNT], at = control[FAIL_AT];
    if (!at || number < at) {
        return 0;
    }
    if (control[MODE] == ONE && number == at) {
        control[FIRED]++;
        return ONE;
    }
    if (control[MODE] == FULL && takes_room) {
        return control[FIRED]++ ? -FULL : FULL;
    }
    return 0;
}

static ssize_t put_out(int file, const void *bytes, size_t length, int64_t at) {
    char path[4096];
    place(file, path, sizeof path);
    ssize_t (*real)(int, const void *, size_t) = REAL(write);
    if (ack && !strcmp(path, ack)) {
        pthread_mutex_lock(&lock);
        ssize_t done = real(file, bytes, length);
        note('A', 0, 0, bytes, length);
        pthread_mutex_unlock(&lock);
        return done;
    }
    if (!ours(path)) {
        return at < 0 ? real(file, bytes, length) : REAL(pwrite)(file, bytes, length, at);
    }
    pthread_mutex_lock(&lock);
    int fails = due(1);
    ssize_t done = -1;
    if (fails == FULL && length > 1) {
        /* A disk that fills up takes a part. */
        length /= 2;
        fails = 0;
    }
    if (fails) {
        errno = fails == ONE ? EIO : ENOSPC;
    } else {
        int64_t start = at < 0 ? lseek(file, 0, SEEK_CUR) : at;
        done = at < 0 ? real(file, bytes, length) : REAL(pwrite)(file, bytes, length, at);
        if (done > 0 && !index_file(path)) {
            note('W', inode(file), start, bytes, done);
        }
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int file, const void *bytes, size_t length) { return put_out(file, bytes, length, -1); }
ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) { return put_out(file, bytes, length, at); }
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) { return put_out(file, bytes, length, at); }

static int sync_file(int file, int (*real)(int)) {
    char path[4096];
    if (!ours(place(file, path, sizeof path))) {
        return real(file);
    }
    pthread_mutex_lock(&lock);
    int done = -1;
    if (due(0)) {
        errno = EIO;
    } else {
        /* Nothing is cut here but by the test: the log is what counts, the disk need not be waited for. */
        struct stat found;
        done = fstat(file, &found);
        note(S_ISDIR(found.st_mode) ? 'D' : 'S', found.st_ino, 0, path, strlen(path));
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int fsync(int file) { return sync_file(file, REAL(fsync)); }
int fdatasync(int file) { return sync_file(file, REAL(fdatasync)); }

static int cut(int file, int64_t length, int (*real)(int, off64_t)) {
    char path[4096];
    if (!ours(place(file, path, sizeof path))) {
        return real(file, length);
    }
    pthread_mutex_lock(&lock);
    int fails = due(0), done = -1;
    if (fails) {
        errno = EIO;
    } else if ((done = real(file, length)) == 0 && !index_file(path)) {
        note('T', inode(file), length, "", 0);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int file, off_t length) { return cut(file, length, REAL(ftruncate64)); }
int ftruncate64(int file, off64_t length) { return cut(file, length, REAL(ftruncate64)); }

int rename(const char *from, const char *to) {
    if (!ours(to)) {
        return REAL(rename)(from, to);
    }
    pthread_mutex_lock(&lock);
    int fails = due(1), done = -1;
    if (fails) {
        errno = fails == ONE ? EIO : ENOSPC;
    } else if ((done = REAL(rename)(from, to)) == 0) {
        char both[8192];
        int length = snprintf(both, sizeof both, "%s%c%s", from, '\n', to);
        note('R', 0, 0, both, length);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int unlink(const char *path) {
    if (!ours(path)) {
        return REAL(unlink)(path);
    }
    pthread_mutex_lock(&lock);
    int done = REAL(unlink)(path);
    if (done == 0) {
        note('U', 0, 0, path, strlen(path));
    }
    pthread_mutex_unlock(&lock);
    return done;
}

static int open_file(const char *path, int flags, mode_t mode) {
    int (*real)(const char *, int, ...) = REAL(open64);
    if (mounts && !strcmp(path, "/proc/mounts")) {
        return real(mounts, flags, mode);
    }
    if (!ours(path)) {
        return real(path, flags, mode);
    }
    pthread_mutex_lock(&lock);
    int file = -1;
    if (control && control[MODE] == READ_ONLY && (flags & (O_CREAT | O_WRONLY | O_RDWR))) {
        control[FIRED]++;
        errno = EROFS;
    } else {
        int is_new = (flags & O_CREAT) && access(path, F_OK);
        file = real(path, flags, mode);
        if (file >= 0 && is_new && !index_file(path)) {
            note('C', inode(file), 0, path, strlen(path));
        } else if (file >= 0 && (flags & O_TRUNC) && !index_file(path)) {
            note('T', inode(file), 0, "", 0);
        }
    }
    pthread_mutex_unlock(&lock);
    return file;
}

#define OPENS(name)                                      \
    int name(const char *path, int flags, ...) {         \
        mode_t mode = 0;                                 \
        if (flags & (O_CREAT | __O_TMPFILE)) {           \
            va_list rest;                                \
            va_start(rest, flags);                       \
            mode = va_arg(rest, mode_t);                 \
            va_end(rest);                                \
        }                                                \
        return open_file(path, flags, mode);             \
    }
OPENS(open)
OPENS(open64)

int mkdir(const char *path, mode_t mode) {
    if (ours(path) && control && control[MODE] == READ_ONLY) {
        errno = EROFS;
        return -1;
    }
    return REAL(mkdir)(path, mode);
}

/* The wall clock, as far ahead or behind as the test wants it. */
int clock_gettime(clockid_t clock, struct timespec *now) {
    int done = REAL(clock_gettime)(clock, now);
    if (!done && control && clock == CLOCK_REALTIME) {
        now->tv_sec += control[CLOCK];
    }
    return done;
}
