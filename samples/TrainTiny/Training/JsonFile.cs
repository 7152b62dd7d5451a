using System.Text.Json;

namespace Decant.Samples.TrainTiny.Training;

/// <summary>How JSON files are written.</summary>
internal static class JsonFile
{
    public static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
