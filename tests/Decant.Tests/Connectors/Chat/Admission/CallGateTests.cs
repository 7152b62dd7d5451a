using Decant.Connectors.Chat;

namespace Decant.Tests.Connectors.Chat.Admission;

public class CallGateTests
{
    private static readonly CallTurn _normal = Turn();

    [Fact]
    public async Task So_many_are_inside_and_the_next_comes_in_when_one_leaves()
    {
        var gate = new CallGate(2, null, TimeProvider.System);
        var (first, second) = (await gate.EnterAsync(_normal, default), await gate.EnterAsync(_normal, default));
        var third = gate.EnterAsync(_normal, default).AsTask();
        Assert.Equal((2, 1, false), (gate.Running, gate.Queued, third.IsCompleted));
        first.Dispose();
        (await third).Dispose();
        second.Dispose();
        Assert.Equal((0, 0, 3L, 0L), (gate.Running, gate.Queued, gate.Finished, gate.Refused));
    }

    [Fact]
    public async Task The_urgent_come_first_then_callers_in_turn_then_whoever_came_first()
    {
        var gate = new CallGate(1, null, TimeProvider.System);
        var inside = await gate.EnterAsync(_normal, default);
        var order = new List<string>();
        (string Name, CallTurn Turn)[] calls =
        [
            ("low", Turn(CallPriority.Low)), ("a1", Turn(caller: "a")), ("a2", Turn(caller: "a")), ("a3", Turn(caller: "a")), ("b1", Turn(caller: "b")), ("c1", Turn(caller: "c")),
            ("b2", Turn(caller: "b")), ("high", Turn(CallPriority.High)),
        ];
        var all = calls.Select(async call =>
        {
            using var place = await gate.EnterAsync(call.Turn, default);
            lock (order) order.Add(call.Name);
        }).ToArray();
        inside.Dispose();
        await Task.WhenAll(all);
        Assert.Equal(["high", "a1", "b1", "c1", "a2", "b2", "a3", "low"], order);
    }

    [Fact]
    public async Task One_too_many_is_refused_and_told_when_to_come_back()
    {
        var time = new ManualTime();
        var gate = new CallGate(1, 2, time);
        using (await gate.EnterAsync(_normal, default)) time.Advance(TimeSpan.FromSeconds(7));
        var inside = await gate.EnterAsync(_normal, default);
        Task<CallGate.Place>[] waiting = [gate.EnterAsync(_normal, default).AsTask(), gate.EnterAsync(_normal, default).AsTask()];
        var error = await Assert.ThrowsAsync<QueueFullException>(async () => await gate.EnterAsync(_normal, default));
        Assert.Equal(TimeSpan.FromSeconds(21), error.RetryAfter);
        Assert.Equal(1, gate.Refused);
        inside.Dispose();
        (await waiting[0]).Dispose();
        (await waiting[1]).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_or_is_too_late_leaves_no_gap()
    {
        var gate = new CallGate(1, null, TimeProvider.System);
        var inside = await gate.EnterAsync(_normal, default);
        using var cancellation = new CancellationTokenSource();
        var cancelled = gate.EnterAsync(_normal, cancellation.Token).AsTask();
        var late = gate.EnterAsync(_normal with { Deadline = TimeSpan.FromMilliseconds(20) }, default).AsTask();
        var patient = gate.EnterAsync(_normal, default).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await Assert.ThrowsAsync<DeadlineExceededException>(() => late);
        Assert.Equal((1, 1, 1L), (gate.Running, gate.Queued, gate.Refused));
        inside.Dispose();
        (await patient).Dispose();
        Assert.Equal((0, 0), (gate.Running, gate.Queued));
    }

    [Fact]
    public async Task A_call_for_one_that_is_inside_does_not_wait_for_it()
    {
        var gate = new CallGate(1, 0, TimeProvider.System);
        using var inside = await gate.EnterAsync(_normal, default);
        await Assert.ThrowsAsync<QueueFullException>(async () => await gate.EnterAsync(_normal, default));
        new CallScope(CallPriority.Normal).Enter();
        using (await gate.EnterAsync(_normal, default)) Assert.Equal(2, gate.Running);
        Assert.Equal(1, gate.Running);
    }

    [Fact]
    public async Task However_many_come_and_go_every_place_is_given_back()
    {
        var gate = new CallGate(3, 20, TimeProvider.System);
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            using var cancellation = new CancellationTokenSource(i % 3 == 0 ? 1 + (i % 7) : Timeout.Infinite);
            try
            {
                using var place = await gate.EnterAsync(Turn((CallPriority)(i % 3), $"{i % 5}"), cancellation.Token);
                InterlockedMax(ref most, Interlocked.Increment(ref inside));
                await Task.Delay(i % 4);
                Interlocked.Decrement(ref inside);
            }
            catch (Exception exception) when (exception is OperationCanceledException or QueueFullException)
            {
            }
        })));
        Assert.Equal((0, 0), (gate.Running, gate.Queued));
        Assert.InRange(most, 1, 3);
    }

    private static CallTurn Turn(CallPriority priority = CallPriority.Normal, string caller = "") => new(priority, caller, null);

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
