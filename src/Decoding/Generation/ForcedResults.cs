namespace Decant.Decoding;

/// <summary>A <see cref="ForcedRun"/> for each result of a generation, one after the other: all of them follow the same prompt.</summary>
/// <param name="request">The request.</param>
/// <param name="prompt">The prompt; its last tokens are fed and have not run. Owned.</param>
/// <param name="state">The state behind it.</param>
internal sealed class ForcedResults(GenerationRequest request, BranchSet prompt, GenerationState state) : IDisposable
{
    private ForcedRun? _run;
    private int _result;

    /// <inheritdoc cref="ForcedRun.StepAsync"/>
    /// <param name="token">The token, with the result that it belongs to.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    public ValueTask StepAsync(GeneratedToken token, TokenSource source, CancellationToken cancellationToken)
    {
        if (_run is null || token.Result != _result)
        {
            _run?.Dispose();
            (_run, _result) = (new ForcedRun(request, prompt.Fork(), state.Fork()), token.Result);
        }

        return _run.StepAsync(token, source, cancellationToken);
    }

    public void Dispose()
    {
        _run?.Dispose();
        prompt.Dispose();
    }
}
