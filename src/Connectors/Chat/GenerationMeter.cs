namespace Decant.Connectors.Chat;

/// <summary>Times the model's share of a generation: the first token is the prompt's time, all others are decoding.</summary>
internal sealed class GenerationMeter(TimeProvider time)
{
    private bool _decoding;

    public TimeSpan PrefillDuration { get; private set; }

    public TimeSpan DecodeDuration { get; private set; }

    public async ValueTask<bool> MoveNextAsync<T>(IAsyncEnumerator<T> tokens)
    {
        var start = time.GetTimestamp();
        var more = await tokens.MoveNextAsync().ConfigureAwait(false);
        var elapsed = time.GetElapsedTime(start);
        if (_decoding) DecodeDuration += elapsed;
        else PrefillDuration = elapsed;
        _decoding = true;
        return more;
    }
}
