namespace Decant.Tests;

/// <summary>A processor as a user would write one: with state, and a look at the position.</summary>
internal sealed class CountingProcessor(float strength, int committed = 0) : ILogitProcessor
{
    public void Apply(GenerationState state, Span<float> logits) => logits[(committed + state.Position + state.Tokens[^1]) % logits.Length] += strength;

    public void Commit(int token) => committed++;

    public void Rollback(int tokenCount) => committed -= tokenCount;

    public IRowProcessor Fork() => new CountingProcessor(strength, committed);
}
