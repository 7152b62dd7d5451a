namespace Decant.Connectors.Cpu.Threading;

/// <summary>
/// A fixed team of threads that runs one function together, the caller being member 0. Knows nothing of what it runs.
/// Members meet at barriers that spin briefly and then yield, so that a busy machine slows the team down instead of stalling it.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    // Long enough to cover the pause between two tokens; after it an idle member sleeps and costs nothing.
    private const int YieldsBeforeSleep = 2000;
    private const int SpinsBeforeYield = 200;

    private static readonly Dictionary<int, WorkerPool> _shared = [];

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _sleeping;
    private readonly Lock _oneRun = new();
    private int _users;
    private ITeamWork? _work;
    private volatile int _generation;
    private volatile int _phase;
    private int _arrived;
    private volatile bool _stopped;

    private WorkerPool(int size)
    {
        Size = size;
        _threads = new Thread[size - 1];
        _wake = new SemaphoreSlim[size - 1];
        _sleeping = new int[size - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var member = i + 1;
            _wake[i] = new SemaphoreSlim(0);
            _threads[i] = new Thread(() => Serve(member)) { IsBackground = true, Name = $"decant-cpu-{member}" };
            _threads[i].Start();
        }
    }

    /// <summary>Members, the caller included.</summary>
    public int Size { get; }

    /// <summary>The process's team of <paramref name="size"/>: models of one process take turns on it rather than compete for cores.</summary>
    public static WorkerPool Rent(int size)
    {
        lock (_shared)
        {
            if (!_shared.TryGetValue(size, out var pool)) _shared[size] = pool = new WorkerPool(size);
            pool._users++;
            return pool;
        }
    }

    /// <summary>Runs <paramref name="work"/> on every member and returns when all are done. It must not throw.</summary>
    public void Run(ITeamWork work)
    {
        lock (_oneRun)
        {
            _work = work;
            Interlocked.Increment(ref _generation);
            for (var i = 0; i < _sleeping.Length; i++)
            {
                if (Interlocked.Exchange(ref _sleeping[i], 0) == 1) _wake[i].Release();
            }

            work.Run(0);
            Meet();
            _work = null;
        }
    }

    /// <summary>Member <paramref name="member"/>'s even share of <paramref name="count"/> things.</summary>
    public (int From, int To) Share(int count, int member) => ((int)((long)count * member / Size), (int)((long)count * (member + 1) / Size));

    /// <summary>Waits until every member has called it as often.</summary>
    public void Meet()
    {
        if (Size == 1) return;
        var phase = _phase;
        if (Interlocked.Increment(ref _arrived) == Size)
        {
            _arrived = 0;
            _phase = phase + 1;
            return;
        }

        var spins = 0;
        while (_phase == phase)
        {
            if (++spins < SpinsBeforeYield) Thread.SpinWait(4);
            else Thread.Yield();
        }
    }

    /// <summary>Gives the team back; its threads end with the last user.</summary>
    public void Dispose()
    {
        lock (_shared)
        {
            if (--_users > 0) return;
            _shared.Remove(Size);
        }

        _stopped = true;
        Interlocked.Increment(ref _generation);
        foreach (var wake in _wake) wake.Release();
        foreach (var thread in _threads) thread.Join();
        foreach (var wake in _wake) wake.Dispose();
    }

    private void Serve(int member)
    {
        var seen = 0;
        while (true)
        {
            WaitForWork(member, seen);
            seen = _generation;
            if (_stopped) return;
            _work!.Run(member);
            Meet();
        }
    }

    private void WaitForWork(int member, int seen)
    {
        for (var i = 0; i < SpinsBeforeYield + YieldsBeforeSleep; i++)
        {
            if (_generation != seen) return;
            if (i < SpinsBeforeYield) Thread.SpinWait(4);
            else Thread.Yield();
        }

        while (_generation == seen)
        {
            Volatile.Write(ref _sleeping[member - 1], 1);
            Interlocked.MemoryBarrier();
            // Work that arrived between the check and the flag: take the flag back, or take the wake-up that is on its way.
            if (_generation != seen && Interlocked.Exchange(ref _sleeping[member - 1], 0) == 1) return;
            _wake[member - 1].Wait();
        }
    }
}
