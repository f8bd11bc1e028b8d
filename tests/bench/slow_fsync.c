/*
 * A slower disk, for tests: preloaded into a program, each fsync and fdatasync takes SLOW_FSYNC_MS milliseconds more.
 * A quick disk hides a missing group commit; this one does not.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void be_slow(void)
{
	const char *text = getenv("SLOW_FSYNC_MS");
	long ms = text ? strtol(text, NULL, 10) : 0;
	struct timespec left = {ms / 1000, ms % 1000 * 1000000};
	while (ms > 0 && nanosleep(&left, &left) != 0)
		continue;
}

/* Both ask the kernel directly: the C library's own would be these again. */
int fsync(int fd)
{
	be_slow();
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	be_slow();
	return (int)syscall(SYS_fdatasync, fd);
}
