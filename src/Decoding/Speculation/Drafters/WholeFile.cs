namespace Decant.Decoding;

/// <summary>Writes files that are whole or not there: one that is half written never takes the place of another.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file, in place of one that is there; where that fails, what was there stays.</summary>
    public static void Write(string path, Action<FileStream> write)
    {
        var unfinished = path + ".new";
        try
        {
            using (var file = File.Create(unfinished)) write(file);
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
