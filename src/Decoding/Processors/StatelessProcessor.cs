namespace Decant.Decoding;

/// <summary>A processor that reads everything from <see cref="GenerationState"/>: nothing to commit or to roll back.</summary>
internal abstract class StatelessProcessor : IRowProcessor
{
    public void Commit(int token)
    {
    }

    public void Rollback(int tokenCount)
    {
    }

    /// <summary>Itself, unless it has buffers: those serve one caller at a time.</summary>
    public virtual IRowProcessor Fork() => this;
}
