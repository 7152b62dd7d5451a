using Decant.Connectors.Chat;
using Decant.Connectors.Engines;

namespace Decant.Tests.Connectors.Engines;

/// <summary>A sequence without rows, for tests of what comes before a forward.</summary>
internal sealed class FakeSequence : EngineSequence
{
    public FakeSequence(CallPriority priority = CallPriority.Normal)
        : base(null)
    {
        Request = new FakeRequest(this);
        Join(new CallScope(priority));
    }

    public static ModelInfo Info { get; } = new("fake", 16, 1, 1, 1, 100_000, ModelCapabilities.TreeRows);

    public override ICausalModel Model => throw new NotSupportedException();

    protected override ForwardRequest Request { get; }

    public override ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>A request of so many rows, arrived and started; a later one of the sequence unless <paramref name="first"/>.</summary>
    public ForwardRequest Ask(int rows, bool first = true, LayerPlan? layers = null)
    {
        if (!first) Ask(1).Complete();
        var priority = Priority;
        var request = Enter().Arrive(new ForwardInput(new int[rows]) { Layers = layers }, default);
        Join(new CallScope(priority));
        Assert.Null(request.Start(Info));
        return request;
    }

    protected override void Reserve(int length)
    {
    }

    protected override void Release(int length)
    {
    }

    protected override void MoveRows(ReadOnlySpan<int> path)
    {
    }

    protected override EngineSequence Share(SequenceHistory? history) => new FakeSequence();

    protected override void Write(Stream destination)
    {
    }

    protected override void Read(Stream source)
    {
    }

    protected override void Free()
    {
    }

    private sealed class FakeRequest(FakeSequence sequence) : ForwardRequest(sequence)
    {
        public override ForwardResult? Outcome => null;

        protected override void PrepareResult(int rows, int logitsRows)
        {
        }

        protected override void DropResult()
        {
        }
    }
}
