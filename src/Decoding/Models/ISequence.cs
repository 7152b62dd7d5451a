namespace Decant.Decoding;

/// <summary>One row of KV cache: what a model has read so far, and the only way to run it further.</summary>
/// <remarks>
/// A sequence serves one caller at a time; different sequences may be used concurrently. A forward that throws leaves
/// <see cref="Length"/> as it was.
/// </remarks>
public interface ISequence : IDisposable
{
    /// <summary>The model this sequence belongs to.</summary>
    ICausalModel Model { get; }

    /// <summary>Rows in the cache. After a tree forward this includes every tree row until <see cref="Commit"/> or <see cref="Truncate"/>.</summary>
    int Length { get; }

    /// <summary>Appends rows and returns the logits and taps asked for.</summary>
    /// <exception cref="ContextOverflowException">The rows do not fit in the model's context.</exception>
    /// <exception cref="NotSupportedException">The engine cannot give a tap or mask; the message names it.</exception>
    /// <exception cref="InvalidOperationException">A tree forward has not been committed or truncated yet.</exception>
    ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default);

    /// <summary>Drops all rows from <paramref name="length"/> on (0 … <see cref="Length"/>). Truncating to before a tree drops the tree.</summary>
    void Truncate(int length);

    /// <summary>
    /// Keeps, of the rows of the last forward, only <paramref name="path"/>: row indices from the root downwards, each the
    /// child of the one before. <see cref="Length"/> becomes the length before that forward plus the path's.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="path"/> is not a path of the last forward.</exception>
    void Commit(ReadOnlySpan<int> path);

    /// <summary>An independent sequence with the same contents. Shared rows are copied only when one side writes.</summary>
    ISequence Fork();

    /// <summary>Writes the cached rows, in an engine-specific format that <see cref="Import"/> of the same model reads.</summary>
    void Export(Stream destination);

    /// <summary>Replaces the cached rows by exported ones.</summary>
    /// <exception cref="InvalidDataException">The stream does not hold rows of this model.</exception>
    void Import(Stream source);
}
